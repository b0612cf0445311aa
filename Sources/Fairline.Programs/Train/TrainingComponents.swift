import Fairline
import FairlineTensor

/// The chosen components, with their settings to be filled in.
struct TrainingComponents {
  let task: Selection<TaskContext, any Task>
  let architecture: Selection<ModelContext, any Model>
  let criterion: Selection<CriterionContext, any Criterion>
  let optimizer: Selection<ParameterSet, any Optimizer>
  let scheduler: Selection<SchedulerContext, any LearningRateScheduler>
  /// The settings of the components that the user chose.
  let drafts: [any AnyDraft]

  init(_ choices: TrainChoices, _ catalog: Catalog) throws {
    task = try catalog.tasks.select(choices.task)
    // Without a choice any entry will do: the command ends before it is used.
    architecture = try catalog.architectures.select(
      choices.arch ?? catalog.architectures.names.first ?? "")
    criterion = try catalog.criteria.select(choices.criterion)
    optimizer = try catalog.optimizers.select(choices.optimizer ?? "adam")
    scheduler = try catalog.schedulers.select(choices.lrScheduler)
    drafts = [
      task.draft, choices.arch == nil ? nil : architecture.draft, criterion.draft,
      choices.optimizer == nil ? nil : optimizer.draft, scheduler.draft,
    ].compactMap { $0 }
  }
}
