/// Where training stands: everything besides parameters and moments that an exact continuation
/// needs.
public struct TrainingProgress: Codable, Equatable, Sendable {
  /// Updates made.
  public var updates = 0
  /// The epoch in progress, counted from 1.
  public var epoch = 1
  /// Micro-batches of the epoch that have been used.
  public var offset = 0
  /// The batches of the epoch in progress; nil before its first, and in old checkpoints.
  public var batches: EpochBatches?
  /// Seconds of training so far, earlier runs included.
  public var seconds = 0.0
  /// Updates left out because a number was not finite.
  public var skipped = 0
  /// What batches are shuffled with and dropout masks are drawn from.
  public var seed = 1
  /// The best value of the chosen validation metric.
  public var best: Double?
  /// What the learning-rate schedule remembers.
  public var scheduler: JSONValue?
  /// Batches that the model refused and that will be tried again, in the order in which they were
  /// refused.
  package var postponed: [PostponedBatch] = []
  /// Batches that the model refused and that were given up.
  package var refused = 0
  /// What observers remember, by their keys: patience, averages of the epoch in progress.
  package var memories: [String: JSONValue] = [:]

  /// The beginning of training.
  public init() {}

  /// The beginning of training with a seed.
  init(seed: Int) { self.seed = seed }
}
