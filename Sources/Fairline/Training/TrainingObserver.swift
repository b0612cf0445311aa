/// Somebody who is told what happens in training: prints it, saves it, judges it.
///
/// Every requirement has an empty default. Observers hear of an event in order; each sees the
/// columns of those before it.
public protocol TrainingObserver {
  /// The key of what it remembers in checkpoints; unique among the observers that remember.
  var key: String { get }

  /// What a checkpoint keeps for it; nil for nothing.
  var memory: JSONValue? { get }

  /// Training goes on from a checkpoint that kept this.
  mutating func recall(_ memory: JSONValue)

  /// Asked before the first update and after the last: throws when what it writes is lost.
  func check() throws

  /// Training begins.
  mutating func trainingBegan(_ run: RunDescription)

  /// An epoch begins, or goes on after a restart.
  mutating func epochBegan(_ epoch: EpochDescription)

  /// An update was made or left out.
  mutating func updated(_ update: Update)

  /// An epoch is over; comes after its validation.
  mutating func epochEnded(_ epoch: EpochDescription)

  /// The model was validated on one set.
  mutating func validated(_ validation: Validation)

  /// The moment to save, for whoever saves: what was saved, or nil.
  mutating func save(_ moment: SavePoint) throws -> CheckpointInfo?

  /// A checkpoint was saved.
  mutating func saved(_ checkpoint: CheckpointInfo)

  /// Training is over.
  mutating func trainingEnded(_ reason: StopReason)

  /// What it adds to the report of the event it heard of last.
  var columns: [ReportColumn] { get }

  /// Its wish that training end; nil to go on.
  var stopReason: StopReason? { get }

  /// Why training has failed, in a sentence with a remedy, which ends it with an error; nil to go
  /// on.
  ///
  /// Asked after each update and when training is over.
  var failure: String? { get }
}

extension TrainingObserver {
  /// The name of the type.
  public var key: String { "\(Self.self)" }
  /// Nothing.
  public var memory: JSONValue? { nil }
  /// Nothing to recall.
  public mutating func recall(_ memory: JSONValue) {}
  /// Nothing to find fault with.
  public func check() throws {}
  /// Nothing to do.
  public mutating func trainingBegan(_ run: RunDescription) {}
  /// Nothing to do.
  public mutating func epochBegan(_ epoch: EpochDescription) {}
  /// Nothing to do.
  public mutating func updated(_ update: Update) {}
  /// Nothing to do.
  public mutating func epochEnded(_ epoch: EpochDescription) {}
  /// Nothing to do.
  public mutating func validated(_ validation: Validation) {}
  /// Nothing saved.
  public mutating func save(_ moment: SavePoint) throws -> CheckpointInfo? { nil }
  /// Nothing to do.
  public mutating func saved(_ checkpoint: CheckpointInfo) {}
  /// Nothing to do.
  public mutating func trainingEnded(_ reason: StopReason) {}
  /// No columns.
  public var columns: [ReportColumn] { [] }
  /// Go on.
  public var stopReason: StopReason? { nil }
  /// Nothing has failed.
  public var failure: String? { nil }
}

/// What is trained.
public struct RunDescription: Sendable, Equatable {
  /// Trained numbers of the model.
  public var parameterCount: Int
  /// Where training stands at the beginning.
  public var progress: TrainingProgress

  /// Describes a training.
  public init(parameterCount: Int, progress: TrainingProgress) {
    self.parameterCount = parameterCount
    self.progress = progress
  }
}

/// An epoch of training.
public struct EpochDescription: Sendable, Equatable {
  /// Its number, counted from 1.
  public var number: Int
  /// Updates of the whole epoch.
  public var updates: Int
  /// Updates of it that were made before.
  public var done: Int

  /// Describes an epoch.
  public init(number: Int, updates: Int, done: Int = 0) {
    self.number = number
    self.updates = updates
    self.done = done
  }
}

/// A moment at which the state of training may be saved.
public struct SavePoint: Sendable {
  /// Why the moment has come.
  public enum Occasion: Sendable, Equatable {
    /// A save is due, or somebody asked for it.
    case regular
    /// The validation was the best so far, though no save is due.
    case best
    /// Training ends here.
    case end
  }

  /// Why the moment has come.
  public var occasion: Occasion
  /// Everything that goes on from here.
  public var progress: TrainingProgress
  /// The epoch of the last update, counted from 1.
  public var epoch: Int
  /// Whether that epoch is over.
  public var endsEpoch: Bool
  /// The chosen validation metric, when the model was validated just now.
  public var metric: Double?
  /// Whether that is the best so far, or equal to it.
  public var isBest = false

  /// Makes a moment without a validation.
  public init(
    occasion: Occasion, progress: TrainingProgress, epoch: Int, endsEpoch: Bool
  ) {
    self.occasion = occasion
    self.progress = progress
    self.epoch = epoch
    self.endsEpoch = endsEpoch
  }
}

/// A checkpoint that was saved.
public struct CheckpointInfo: Sendable, Equatable {
  /// Where the files lie; the same contents under each name.
  public var paths: [String]
  /// The epoch of the last update.
  public var epoch: Int
  /// Updates made.
  public var updates: Int
  /// The chosen validation metric, when the model was validated just now.
  public var metric: Double?
  /// Seconds it took.
  public var seconds: Double

  /// Describes a checkpoint.
  public init(
    paths: [String], epoch: Int, updates: Int, metric: Double? = nil, seconds: Double = 0
  ) {
    self.paths = paths
    self.epoch = epoch
    self.updates = updates
    self.metric = metric
    self.seconds = seconds
  }
}
