import FairlineData
import Testing

@Suite struct MersenneTwisterTests {
  static let short: [(UInt32, [Int])] = [
    (1, [2, 9, 6, 4, 0, 3, 1, 7, 8, 5]), (2, [4, 1, 5, 0, 7, 2, 3, 6, 9, 8]),
    (3, [5, 4, 1, 2, 9, 6, 7, 0, 3, 8]),
  ]

  @Test(arguments: short)
  func permutationsAreNumpys(_ seed: UInt32, _ expected: [Int]) {
    var random = MersenneTwister(seed: seed)
    #expect(random.permutation(10) == expected)
  }

  static let long: [(UInt32, Int, UInt64)] = [
    (0, 1, 1), (1, 1000, 1358678423907001089),
    (7, 4096, 870769917696596659), (4_294_967_295, 33333, 2086322023333250409),
  ]

  @Test(arguments: long)
  func longPermutationsHashAsNumpys(_ seed: UInt32, _ count: Int, _ expected: UInt64) {
    var random = MersenneTwister(seed: seed)
    var hash: UInt64 = 0
    for item in random.permutation(count) {
      let product = hash.multipliedFullWidth(by: 1_000_003)
      let modulus: UInt64 = (1 << 61) - 1
      hash = (modulus.dividingFullWidth(product).remainder + UInt64(item) + 1) % modulus
    }
    #expect(hash == expected)
  }

  @Test func uniformNumbersAreNumpys() {
    var random = MersenneTwister(seed: 5)
    #expect(
      (0..<4).map { _ in random.nextUniform() } == [
        0.22199317108973948, 0.8707323061773764, 0.20671915533942642, 0.9186109079379216,
      ])
  }

  @Test func shufflesContinueTheStream() {
    var random = MersenneTwister(seed: 11)
    var first = Array(0..<20)
    random.shuffle(&first)
    #expect(first == [3, 5, 10, 6, 14, 19, 15, 9, 18, 4, 11, 0, 8, 2, 7, 1, 12, 13, 17, 16])
    #expect(random.nextUniform() == 0.970070988809595)
    #expect(random.permutation(7) == [5, 1, 0, 4, 2, 3, 6])
    #expect(random.permutation(0).isEmpty)
  }
}

extension MersenneTwister {
  /// A uniform number in `[0, 1)` of 53 random bits, as numpy draws it.
  fileprivate mutating func nextUniform() -> Double {
    let (high, low) = (next() >> 5, next() >> 6)
    return (Double(high) * 67_108_864 + Double(low)) / 9_007_199_254_740_992
  }
}
