/// Random numbers of one sentence in one epoch (SplitMix64, Steele and others 2014).
struct SamplingRandom {
  private var state: UInt64 = 0

  /// Begins where keys say: other keys, other numbers.
  init(_ keys: [Int]) {
    for key in keys { state = next() ^ UInt64(bitPattern: Int64(key)) }
  }

  /// A number from 0 to below 1.
  mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  private mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
    return value ^ value >> 31
  }
}
