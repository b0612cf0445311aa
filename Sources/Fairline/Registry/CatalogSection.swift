public import FairlineTensor

/// A kind of thing that users choose by name: the key of one registry of a ``Catalog``.
///
/// Any module or plug-in may declare a kind of its own; its registry then stands in the catalogue
/// beside the others, open to every other plug-in, and is shown by `--list`.
public protocol CatalogSection {
  /// What a name stands for.
  associatedtype Entry: Sendable
  /// What the entries are, in the singular: `architecture`.
  static var kind: String { get }
}

/// Tasks: what is learned from what.
public enum TaskSection: CatalogSection {
  /// What a name stands for.
  public typealias Entry = Component<TaskContext, any Task>
  /// The kind.
  public static let kind = "task"
}

/// Architectures: models with a preset of settings.
public enum ArchitectureSection: CatalogSection {
  /// What a name stands for.
  public typealias Entry = Component<ModelContext, any Model>
  /// The kind.
  public static let kind = "architecture"
}

/// Criteria: how predictions are judged.
public enum CriterionSection: CatalogSection {
  /// What a name stands for.
  public typealias Entry = Component<CriterionContext, any Criterion>
  /// The kind.
  public static let kind = "criterion"
}

/// Optimizers: how parameters follow gradients.
public enum OptimizerSection: CatalogSection {
  /// What a name stands for.
  public typealias Entry = Component<ParameterSet, any Optimizer>
  /// The kind.
  public static let kind = "optimizer"
}

/// Learning-rate schedules.
public enum SchedulerSection: CatalogSection {
  /// What a name stands for.
  public typealias Entry = Component<SchedulerContext, any LearningRateScheduler>
  /// The kind.
  public static let kind = "learning-rate scheduler"
}

/// Observers of training, for `--observers`.
public enum ObserverSection: CatalogSection {
  /// What a name stands for.
  public typealias Entry = Component<ObserverContext, any TrainingObserver>
  /// The kind.
  public static let kind = "observer"
}

/// What an observer is made for.
public struct ObserverContext: Sendable {
  /// Receives sentences for the user.
  public var note: @Sendable (String) -> Void

  /// Makes a context.
  public init(note: @escaping @Sendable (String) -> Void = { _ in }) { self.note = note }
}
