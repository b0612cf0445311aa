/// The order in which the batches of an epoch are visited: a function of seed and epoch alone, so
/// that a run resumed at any place goes on as if never stopped.
public struct EpochOrder: Sendable, Equatable {
  /// The seed of the run.
  public var seed = 1
  /// Epochs at the beginning in which batches stay sorted by length.
  public var curriculum = 0
  /// Which part of the batches is visited, from 0.
  public var shard = 0
  /// The number of parts.
  public var shardCount = 1

  /// All batches, shuffled in every epoch.
  public init() {}

  /// The batches of an epoch in their order.
  ///
  /// - Parameters:
  ///   - sorted: the batches in their sorted order, each the numbers of its sentences.
  ///   - epoch: the epoch, counted from 1.
  public func batches(_ sorted: [[Int]], epoch: Int) -> [[Int]] {
    precondition(0..<shardCount ~= shard, "part \(shard) is not one of \(shardCount)")
    var batches = sorted
    if epoch > curriculum {
      var random = MersenneTwister(seed: UInt32(truncatingIfNeeded: seed &+ epoch))
      random.shuffle(&batches)
    }
    guard shardCount > 1 else { return batches }
    return stride(from: shard, to: batches.count, by: shardCount).map { batches[$0] }
  }
}
