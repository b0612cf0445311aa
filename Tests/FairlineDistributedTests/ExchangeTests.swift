import Fairline
import FairlineDistributed
import FairlineTensor
import Foundation
import Testing

/// Sums and messages between ranks that are threads of this process.
@Suite struct ExchangeTests {
  /// A gradient of a leaf: numbers of many sizes, so that another order gives other bits.
  private func gradient(_ leaf: Int, _ count: Int) -> [Float] {
    var random = RandomSource(seed: UInt64(leaf + 1))
    return (0..<count).map { _ in
      Float((random.uniform() - 0.5) * exp2(40 * random.uniform() - 20))
    }
  }

  private func sum(
    _ leaves: Int, _ count: Int, ranks: Int, largest: Int = 1 << 20, late: Int = 0
  ) throws -> [[Float]] {
    let world = ThreadWorld(ranks, largestMessage: largest)
    let sums = try world.run { transport in
      Parallel.setSerial(true)
      let exchange = RankExchange(
        RankRole(rank: transport.rank, count: ranks), Messenger(transport))
      // As in training: a share of the update, and a share of what came late.
      let own =
        Array(exchange.share(of: leaves - late))
        + exchange.share(of: late).map { leaves - late + $0 }
      var tree = SummationTree<[Float]>(count: leaves)
      for leaf in own {
        tree.add(gradient(leaf, count), of: leaf..<(leaf + 1)) { zip($0, $1).map(+) }
      }
      let nodes = tree.nodes.map {
        GradientNode(leaves: $0.leaves, gradients: Tensor($0.value, shape: [count]))
      }
      let result = nodes.last?.gradients ?? Tensor.zeros([count])
      try exchange.sum(nodes, of: leaves, into: result)
      try exchange.complete(result, for: true)
      return result.scalars
    }
    #expect(world.leftOver == 0)
    return sums
  }

  @Test(arguments: [(8, 0), (7, 0), (5, 1), (11, 3), (1, 0), (2, 1)])
  func sumsHaveTheBitsOfOneRank(leaves: Int, late: Int) throws {
    // Three slices and a bit.
    let count = 3 * Parallel.grain + 77
    var tree = SummationTree<[Float]>(count: leaves)
    for leaf in 0..<leaves {
      tree.add(gradient(leaf, count), of: leaf..<(leaf + 1)) { zip($0, $1).map(+) }
    }
    let expected = try #require(tree.nodes.first?.value)
    for ranks in [2, 3, 4, 7] {
      for sum in try sum(leaves, count, ranks: ranks, late: late) {
        #expect(sum == expected, "\(leaves) leaves, \(ranks) ranks")
      }
    }
  }

  /// The order matters, or the test above would show nothing.
  @Test func anotherOrderGivesOtherBits() {
    let gradients = (0..<8).map { gradient($0, 1000) }
    let inRow = gradients.dropFirst().reduce(gradients[0]) { zip($0, $1).map(+) }
    var tree = SummationTree<[Float]>(count: 8)
    for leaf in 0..<8 {
      tree.add(gradients[leaf], of: leaf..<(leaf + 1)) { zip($0, $1).map(+) }
    }
    #expect(tree.nodes.map(\.value) != [inRow])
  }

  @Test func largeMemoryGoesInSeveralMessages() throws {
    let count = 2 * Parallel.grain
    let whole = try sum(4, count, ranks: 2)
    #expect(try sum(4, count, ranks: 2, largest: 1000) == whole)
  }

  @Test func textsOfAnyLengthAreGathered() throws {
    for length in [0, 1, Messenger.head - 9, Messenger.head - 8, Messenger.head, 100_000] {
      let world = ThreadWorld(3, largestMessage: 4096)
      let all = try world.run { transport in
        let own = [UInt8](repeating: UInt8(transport.rank), count: length * transport.rank)
        return try Messenger(transport).gather(own)
      }
      for rank in all {
        #expect(rank.map(\.count) == [0, length, 2 * length])
        #expect(
          rank.enumerated().allSatisfy { place, bytes in
            bytes.allSatisfy { Int($0) == place }
          })
      }
      #expect(world.leftOver == 0)
    }
  }

  @Test func numbersKeepTheirBits() throws {
    let numbers = [0.1, -0.0, 1e-320, .infinity, -.infinity, 1 / 3.0]
    let all = try ThreadWorld(2).run { transport in
      try RankExchange(RankRole(rank: transport.rank, count: 2), Messenger(transport))
        .gather(numbers)
    }
    for brought in all.joined() {
      #expect(brought.map(\.bitPattern) == numbers.map(\.bitPattern))
    }
    let none = try ThreadWorld(2).run { transport in
      try RankExchange(RankRole(rank: transport.rank, count: 2), Messenger(transport))
        .gather(Double.nan)
    }
    for brought in none.joined() { #expect(brought.isNaN) }
  }

  @Test func theFirstRankAloneMayReceiveAll() throws {
    let count = 2 * Parallel.grain + 5
    let world = ThreadWorld(3)
    let all = try world.run { transport in
      let exchange = RankExchange(RankRole(rank: transport.rank, count: 3), Messenger(transport))
      let tensor = Tensor(
        [Float](repeating: Float(transport.rank + 1), count: count), shape: [count])
      try exchange.complete(tensor, for: false)
      return tensor.scalars
    }
    let slices = RankExchange.slices(of: count, ranks: 3)
    let expected = slices.enumerated().flatMap { place, slice in
      [Float](repeating: Float(place + 1), count: slice.count)
    }
    #expect(all[0] == expected)
    #expect(all[2] == [Float](repeating: 3, count: count))
    #expect(world.leftOver == 0)
  }

  @Test func slicesAreWholeBlocksAndComplete() {
    for count in [0, 1, Parallel.grain, 10 * Parallel.grain + 5] {
      for ranks in 1...7 {
        let slices = RankExchange.slices(of: count, ranks: ranks)
        #expect(slices.first?.lowerBound == 0 && slices.last?.upperBound == count)
        #expect(zip(slices, slices.dropFirst()).allSatisfy { $0.upperBound == $1.lowerBound })
        #expect(slices.dropFirst().allSatisfy { $0.lowerBound % Parallel.grain == 0 || $0.isEmpty })
      }
    }
  }
}
