import FairlineData
import Foundation
import Testing

@Suite struct EpochIteratorTests {
  /// Batches of one sentence each.
  static func singles(_ count: Int) -> [[Int]] { (0..<count).map { [$0] } }

  static func iterator(
    _ count: Int, at state: IteratorState = IteratorState(),
    _ change: (inout EpochIterator.Settings) -> Void = { _ in }
  ) throws -> EpochIterator {
    var settings = EpochIterator.Settings()
    change(&settings)
    return try EpochIterator(settings, at: state) { _ in singles(count) }
  }

  static func drain(_ iterator: inout EpochIterator) -> [[Int]] {
    var updates: [[Int]] = []
    while let update = iterator.nextUpdate() { updates.append(update.flatMap { $0 }) }
    return updates
  }

  @Test func updatesGroupBatches() throws {
    var iterator = try Self.iterator(10) {
      $0.shuffle = false
      $0.updateFrequency = [4, 3]
    }
    #expect(iterator.updateCount == 3)
    #expect(Self.drain(&iterator) == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]])
    try iterator.beginNextEpoch()
    #expect(iterator.updateCount == 4)
    #expect(Self.drain(&iterator).first == [0, 1, 2])
    try iterator.beginNextEpoch()
    #expect(iterator.updateFrequency == 3)
  }

  @Test func workersShareTheBatches() throws {
    let shares = try (0..<3).map { shard in
      var iterator = try Self.iterator(10) {
        $0.shuffle = false
        $0.shardCount = 3
        $0.shard = shard
      }
      return Self.drain(&iterator)
    }
    #expect(shares[0] == [[0], [3], [6], [9]])
    #expect(shares[1] == [[1], [4], [7], []])
    #expect(shares[2] == [[2], [5], [8], []])
  }

  @Test func curriculumKeepsTheFirstEpochsSorted() throws {
    var iterator = try Self.iterator(50) { $0.curriculum = 2 }
    let sorted = Self.singles(50)
    #expect(Self.drain(&iterator) == sorted)
    try iterator.beginNextEpoch()
    #expect(Self.drain(&iterator) == sorted)
    try iterator.beginNextEpoch()
    let shuffled = Self.drain(&iterator)
    #expect(shuffled != sorted && shuffled.sorted { $0[0] < $1[0] } == sorted)
  }

  @Test func orderDependsOnSeedAndEpoch() throws {
    var first = try Self.iterator(40)
    let epoch1 = Self.drain(&first)
    try first.beginNextEpoch()
    let epoch2 = Self.drain(&first)
    #expect(epoch1 != epoch2)
    var other = try Self.iterator(40) { $0.seed = 2 }
    #expect(Self.drain(&other) == epoch2)
  }

  @Test(arguments: [0, 1, 49, 50, 149, 150])
  func resumingContinuesExactly(_ stop: Int) throws {
    func take(_ iterator: inout EpochIterator, _ count: Int) throws -> [[Int]] {
      var taken: [[Int]] = []
      while taken.count < count {
        if let update = iterator.nextUpdate() {
          taken += update
        } else {
          try iterator.beginNextEpoch()
        }
      }
      return taken
    }
    var whole = try Self.iterator(150)
    _ = try take(&whole, 150 + stop)
    let state = try JSONDecoder().decode(
      IteratorState.self, from: JSONEncoder().encode(whole.state))
    let expected: IteratorState =
      stop == 0 || stop == 150
      ? IteratorState(epoch: stop == 0 ? 2 : 3) : IteratorState(epoch: 2, offset: stop)
    #expect(state == expected)
    var resumed = try Self.iterator(150, at: state)
    #expect(resumed.epoch == expected.epoch && resumed.offset == expected.offset)
    #expect(try take(&resumed, 250) == take(&whole, 250))
  }

  @Test func aPositionAtTheEndStartsTheNextEpoch() throws {
    let iterator = try Self.iterator(150, at: IteratorState(epoch: 2, offset: 150))
    #expect(iterator.epoch == 3 && iterator.offset == 0)
    let error = message {
      _ = try Self.iterator(150, at: IteratorState(epoch: 2, offset: 151))
    }
    #expect(error.contains("--reset-dataloader"))
    #expect(message { _ = try Self.iterator(3) { $0.updateFrequency = [0] } } != "")
  }

  @Test func shardsOfDataChangeWithTheEpoch() throws {
    var settings = EpochIterator.Settings()
    settings.shuffle = false
    var iterator = try EpochIterator(settings) { epoch in [[epoch * 10], [epoch * 10 + 1]] }
    #expect(Self.drain(&iterator) == [[10], [11]])
    #expect(iterator.isAtEnd && iterator.state == IteratorState(epoch: 2))
    try iterator.beginNextEpoch()
    #expect(Self.drain(&iterator) == [[20], [21]])
  }
}
