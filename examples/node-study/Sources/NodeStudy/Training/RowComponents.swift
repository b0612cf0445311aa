import Fairline
import FairlineModels
import FairlineNodeTransformer
import FairlineTensor

/// The components of a row's training with their settings: the same for all rows but for the architecture and the weight decay.
struct RowComponents {
  let architectureName: String
  let architecture: Selection<ModelContext, any Model>
  let criterion: Selection<CriterionContext, any Criterion>
  let optimizer: Selection<ParameterSet, any Optimizer>
  let scheduler: Selection<SchedulerContext, any LearningRateScheduler>
  /// How all rows are judged, trained and warmed up.
  static let (criterionName, optimizerName, schedulerName) =
    ("label_smoothed_cross_entropy", "adam", "inverse_sqrt")

  init(
    _ row: StudyRow, _ plan: StudyPlan, _ settings: StudySettings, _ catalog: Catalog
  ) throws {
    let configuration = row.configuration(settings, sharesVocabulary: plan.sharesVocabulary)
    architectureName = row.isNode ? "node_transformer" : "transformer"
    architecture = try catalog.architectures.select(architectureName)
    try architecture.draft.merge(
      row.isNode
        ? try JSONValue(encoding: configuration)
        : try JSONValue(encoding: configuration.transformer))
    criterion = try catalog.criteria.select(Self.criterionName)
    try criterion.draft.merge(["labelSmoothing": 0.1])
    optimizer = try catalog.optimizers.select(Self.optimizerName)
    try optimizer.draft.merge(["adamBetas": [0.9, 0.98], "weightDecay": .number(row.weightDecay)])
    scheduler = try catalog.schedulers.select(Self.schedulerName)
    try scheduler.draft.merge(["warmupUpdates": .integer(plan.warmup)])
  }

  /// What a checkpoint of the training holds.
  func contents(
    _ data: StudyData, _ model: any Model, _ built: any Optimizer
  ) throws -> CheckpointContents {
    var header = CheckpointHeader(
      architecture: try ComponentRecord(architectureName, architecture),
      task: try ComponentRecord("translation", data.selection),
      description: data.task.description)
    header.identity = data.task.identity
    header.criterion = try ComponentRecord(Self.criterionName, criterion)
    header.optimizer = try ComponentRecord(Self.optimizerName, optimizer)
    header.scheduler = try ComponentRecord(Self.schedulerName, scheduler)
    return CheckpointContents(
      header: header, parameters: model.parameters, optimizer: built, assets: data.task.assets)
  }
}
