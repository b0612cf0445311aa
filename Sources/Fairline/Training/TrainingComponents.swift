public import FairlineTensor

/// The chosen components of a training, each with its settings in a draft.
///
/// A draft takes flags through a ``CommandLineParser``, or settings by their names:
/// `try components.optimizer.draft.merge(["adamBetas": [0.9, 0.98]])`.
public struct TrainingComponents {
  /// What is learned from what.
  public var task: Selection<TaskContext, any Task>
  /// The model.
  public var architecture: Selection<ModelContext, any Model>
  /// How predictions are judged.
  public var criterion: Selection<CriterionContext, any Criterion>
  /// How parameters follow gradients.
  public var optimizer: Selection<ParameterSet, any Optimizer>
  /// Where the names were chosen; architectures may choose further ones there.
  public let catalog: Catalog
  /// How the learning rate changes.
  public var scheduler: Selection<SchedulerContext, any LearningRateScheduler>

  /// Chooses components by their names.
  ///
  /// - Throws: ``RegistryError`` for a name that the catalogue does not have.
  public init(
    _ catalog: Catalog, task: String = "translation", architecture: String,
    criterion: String = "cross_entropy", optimizer: String = "adam",
    scheduler: String = "fixed"
  ) throws {
    self.catalog = catalog
    self.task = try catalog.tasks.select(task)
    self.architecture = try catalog.architectures.select(architecture)
    self.criterion = try catalog.criteria.select(criterion)
    self.optimizer = try catalog.optimizers.select(optimizer)
    self.scheduler = try catalog.schedulers.select(scheduler)
  }

  /// What a checkpoint says of the components.
  ///
  /// - Parameter task: the task, built.
  func header(_ task: any Task) throws -> CheckpointHeader {
    var header = CheckpointHeader(
      architecture: try ComponentRecord(architecture), task: try ComponentRecord(self.task),
      description: task.description)
    header.identity = task.identity
    header.criterion = try ComponentRecord(criterion)
    header.optimizer = try ComponentRecord(optimizer)
    header.scheduler = try ComponentRecord(scheduler)
    return header
  }
}
