/// The generator MT19937 with numpy's legacy `shuffle` and `permutation`.
///
/// fairseq draws the order of sentences and batches with it; the same seed gives the same order
/// here. Source: Matsumoto and Nishimura, "Mersenne Twister", 1998.
package struct MersenneTwister: Sendable {
  private var state = [UInt32](repeating: 0, count: 624)
  private var position = 624

  /// Seeds the generator as `numpy.random.seed` does.
  package init(seed: UInt32) {
    state[0] = seed
    for index in 1..<624 {
      let last = state[index - 1]
      state[index] = 1_812_433_253 &* (last ^ last >> 30) &+ UInt32(index)
    }
  }

  /// The next 32 random bits.
  package mutating func next() -> UInt32 {
    if position == 624 { refill() }
    var word = state[position]
    position += 1
    word ^= word >> 11
    word ^= word << 7 & 0x9D2C_5680
    word ^= word << 15 & 0xEFC6_0000
    return word ^ word >> 18
  }

  /// A uniform number in `0...limit`, by rejection under the smallest mask of ones.
  package mutating func next(upTo limit: Int) -> Int {
    precondition(limit >= 0, "the largest number drawn cannot be negative")
    if limit == 0 { return 0 }
    let mask = UInt64.max >> UInt64(limit.leadingZeroBitCount)
    while true {
      var word = UInt64(0)
      if limit > 0xFFFF_FFFF { word = UInt64(next()) << 32 }
      word |= UInt64(next())
      if word & mask <= UInt64(limit) { return Int(word & mask) }
    }
  }

  /// Shuffles in place, from the last element down.
  package mutating func shuffle<Element>(_ elements: inout [Element]) {
    for index in stride(from: elements.count - 1, to: 0, by: -1) {
      elements.swapAt(index, next(upTo: index))
    }
  }

  /// A random order of `0..<count`.
  package mutating func permutation(_ count: Int) -> [Int] {
    var order = Array(0..<count)
    shuffle(&order)
    return order
  }

  private mutating func refill() {
    for index in 0..<624 {
      let bits = state[index] & 0x8000_0000 | state[(index + 1) % 624] & 0x7FFF_FFFF
      let twist: UInt32 = bits & 1 == 0 ? 0 : 0x9908_B0DF
      state[index] = state[(index + 397) % 624] ^ bits >> 1 ^ twist
    }
    position = 0
  }
}
