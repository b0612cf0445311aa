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
}

/// The sum of the gradients of neighbouring batches of an update, which a rank has computed.
public struct GradientNode {
  /// The batches, by their places in the update.
  public let leaves: Range<Int>
  /// The sum, not yet divided by anything. `[element]`
  public let gradients: Tensor

  /// Makes a sum.
  public init(leaves: Range<Int>, gradients: Tensor) {
    (self.leaves, self.gradients) = (leaves, gradients)
  }
}

/// How several processes that train the same model make one update together.
///
/// All ranks go through the same batches in the same order; an update takes `--update-freq` batches
/// for each of them, or `--global-batches` for all. Randomness is keyed by the update and a batch's
/// place in it, and gradients are added in the order of a fixed tree over these places, so that the
/// sum has the same bits whichever rank computes a batch. Every rank makes the same calls in the
/// same order.
public protocol GradientExchange {
  /// What this process does.
  var role: RankRole { get }

  /// What a rank is called in sentences: `rank 2 (host)`.
  func name(of rank: Int) -> String

  /// Which batches of an update this rank computes, by their place in it.
  ///
  /// - Parameter batches: how many there are, the last update of an epoch may have fewer.
  func share(of batches: Int) -> Range<Int>

  /// The elements of a flat tensor that are this rank's part: it adds their gradients, and keeps
  /// the optimizer's state of them.
  ///
  /// Parts follow each other in the order of ranks, and begin where a block of elementwise work
  /// begins (`Parallel.grain`).
  func part(of count: Int) -> Range<Int>

  /// Called between the backward passes and the gradient's norm: makes the sums of all ranks one,
  /// each rank in its part of the gradients.
  ///
  /// - Parameters:
  ///   - nodes: this rank's sums, none of which makes a larger part of the tree with the next; in
  ///     the order of batches.
  ///   - leaves: how many batches the update has on all ranks.
  ///   - gradients: its part receives the sum over all batches, in the order of the tree; the
  ///     last of the nodes lies in it. `[element]`
  func sum(_ nodes: [GradientNode], of leaves: Int, into gradients: Tensor) throws

  /// Completes a flat tensor of which each rank has its part.
  ///
  /// - Parameter all: whether every rank receives it, or only the first one.
  func complete(_ tensor: Tensor, for all: Bool) throws

  /// Gives all ranks the sums of gradients of which each rank has its part. `[element]`
  ///
  /// All ranks have the same then, as exact as the exchange is.
  func spread(gradients: Tensor) throws

  /// Lets this rank change its part of a flat tensor, and gives the change to all. `[element]`
  ///
  /// All ranks have the same then, as exact as the exchange is.
  func spread(changeOf values: Tensor, _ change: () -> Void) throws

  /// What each rank brings, in the order of ranks, on every rank.
  func gather<Value: Codable & Sendable>(_ value: Value) throws -> [Value]
}

extension GradientExchange {
  /// The number.
  public func name(of rank: Int) -> String { "rank \(rank)" }

  /// Equal shares of neighbouring batches; the first ranks have one more where it is not even.
  public func share(of batches: Int) -> Range<Int> {
    let (least, more) = (batches / role.count, batches % role.count)
    let first = role.rank * least + min(role.rank, more)
    return first..<(first + least + (role.rank < more ? 1 : 0))
  }

  /// The sums themselves.
  public func spread(gradients: Tensor) throws { try complete(gradients, for: true) }

  /// The new values themselves.
  public func spread(changeOf values: Tensor, _ change: () -> Void) throws {
    change()
    try complete(values, for: true)
  }

  /// The value that rank 0 has, on every rank: a validation metric, whether time is over.
  func agree<Value: Codable & Sendable>(on value: Value) throws -> Value {
    role.count == 1 ? value : try gather(value)[0]
  }

  /// The first wish of any rank, on every rank: a signal may reach one of them only.
  func first<Value: Codable & Sendable>(_ wish: Value?) throws -> Value? {
    role.count == 1 ? wish : try gather(wish).lazy.compactMap { $0 }.first
  }

  /// Refuses ranks that do not begin with the same.
  ///
  /// - Parameter facts: what is compared, and what to do where it is not the same.
  /// - Throws: `UserError` on every rank, which names the ranks.
  package func compare(_ facts: [(name: String, value: String, remedy: String)]) throws {
    guard role.count > 1 else { return }
    let all = try gather(facts.map(\.value))
    for (place, fact) in facts.enumerated() {
      let others = all.indices.filter {
        all[$0].count != facts.count || all[$0][place] != all[0][place]
      }
      guard !others.isEmpty else { continue }
      let names = others.map(name(of:)).joined(separator: ", ")
      throw UserError(
        "\(names) and \(name(of: 0)) do not have the same \(fact.name): \(fact.remedy)")
    }
  }
}

/// One process: there is nothing to exchange.
public struct SingleRank: GradientExchange {
  /// The only rank.
  public let role = RankRole()

  /// Makes an exchange that does nothing.
  public init() {}

  /// Nothing to add: all batches make one node.
  public func sum(_ nodes: [GradientNode], of leaves: Int, into gradients: Tensor) {
    precondition(nodes.count == 1, "\(nodes.count) sums of one rank's batches instead of one")
  }

  /// All elements.
  public func part(of count: Int) -> Range<Int> { 0..<count }

  /// Nothing is missing.
  public func complete(_ tensor: Tensor, for all: Bool) {}

  /// The value itself.
  public func gather<Value: Codable & Sendable>(_ value: Value) -> [Value] { [value] }
}
