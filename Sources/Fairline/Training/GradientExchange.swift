public import FairlineTensor

/// What one of several processes that train the same model does besides computing.
public struct RankRole: Sendable, Equatable {
  /// The number of this process, from 0.
  public var rank: Int
  /// How many processes train together.
  public var count: Int

  /// Names a process; the only one unless told otherwise.
  public init(rank: Int = 0, count: Int = 1) {
    precondition((0..<count).contains(rank), "rank \(rank) is not among \(count) ranks")
    (self.rank, self.count) = (rank, count)
  }

  /// Whether it writes log, metrics and checkpoints.
  public var writes: Bool { rank == 0 }

  /// Whether it computes validation losses; the others learn the metric from it.
  public var validates: Bool { rank == 0 }
}

/// How several processes that train the same model make one update together.
///
/// All ranks go through the same batches in the same order; an update takes `--update-freq` batches
/// for each of them. Randomness is keyed by the update and a batch's place in it, so that it does
/// not matter which rank computes a batch. Every rank makes the same calls in the same order.
public protocol GradientExchange {
  /// What this process does.
  var role: RankRole { get }

  /// Which batches of an update this rank computes, by their place in it.
  ///
  /// - Parameter batches: how many there are, the last update of an epoch may have fewer.
  func share(of batches: Int) -> Range<Int>

  /// Called between the backward passes and the gradient's norm: makes the sums of this rank the
  /// sums of all ranks.
  ///
  /// - Parameters:
  ///   - gradients: the sum over this rank's batches, not yet divided by anything. `[element]`
  ///   - update: what was measured, to be added up too: `record`, `statistics` and `refusals` (by
  ///     place, ascending). An `outcome` that skips the update on one rank skips it on all.
  func add(_ gradients: Tensor, _ update: inout Update) throws

  /// The value that rank 0 has, on every rank: a validation metric, a wish to stop.
  func agree<Value: Codable & Sendable>(on value: Value) throws -> Value
}

extension GradientExchange {
  /// Equal shares of neighbouring batches; the first ranks have one more where it is not even.
  public func share(of batches: Int) -> Range<Int> {
    let (least, more) = (batches / role.count, batches % role.count)
    let first = role.rank * least + min(role.rank, more)
    return first..<(first + least + (role.rank < more ? 1 : 0))
  }
}

/// One process: there is nothing to exchange.
public struct SingleRank: GradientExchange {
  /// The only rank.
  public let role = RankRole()

  /// Makes an exchange that does nothing.
  public init() {}

  /// Nothing to add.
  public func add(_ gradients: Tensor, _ update: inout Update) {}

  /// The value itself.
  public func agree<Value: Codable & Sendable>(on value: Value) -> Value { value }
}
