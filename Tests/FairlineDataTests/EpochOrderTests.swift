import FairlineData
import Testing

@Suite struct EpochOrderTests {
  /// The order of batches of one sentence each.
  private func order(
    _ count: Int, epoch: Int = 1, _ change: (inout EpochOrder) -> Void = { _ in }
  ) -> [Int] {
    var order = EpochOrder()
    change(&order)
    return order.batches((0..<count).map { [$0] }, epoch: epoch).map { $0[0] }
  }

  @Test func partsShareTheBatches() {
    let parts = (0..<3).map { part in
      order(10) { ($0.curriculum, $0.shardCount, $0.shard) = (1, 3, part) }
    }
    #expect(parts == [[0, 3, 6, 9], [1, 4, 7], [2, 5, 8]])
    let shuffled = (0..<3).map { part in
      order(10) { ($0.shardCount, $0.shard) = (3, part) }
    }
    #expect(shuffled.flatMap { $0 }.sorted() == Array(0..<10))
    #expect(shuffled != parts)
  }

  @Test func curriculumKeepsTheFirstEpochsSorted() {
    let sorted = Array(0..<50)
    for epoch in 1...2 { #expect(order(50, epoch: epoch) { $0.curriculum = 2 } == sorted) }
    let shuffled = order(50, epoch: 3) { $0.curriculum = 2 }
    #expect(shuffled != sorted && shuffled.sorted() == sorted)
  }

  @Test func orderDependsOnSeedAndEpochOnly() {
    #expect(order(40) == order(40))
    #expect(order(40) != order(40, epoch: 2))
    // As in fairseq, the two are added up.
    #expect(order(40) { $0.seed = 2 } == order(40, epoch: 2))
    #expect(order(40, epoch: .max) { $0.seed = 5 }.sorted() == Array(0..<40))
  }
}
