/// Counter-based randomness of one trip through a model (Philox4x32-10, Salmon and others 2011).
///
/// A draw is named by a key (seed, update, micro-batch, part of it) and a stream (the place in the
/// model), so that it can be repeated at any time and does not depend on the number of threads.
public struct RandomSource: Sendable {
  /// The key of all draws.
  public let key: UInt64
  private var next: UInt64 = 0

  /// Makes the source of one micro-batch of one update, or of a part of it that is computed by
  /// itself.
  public init(seed: UInt64, update: Int = 0, microBatch: Int = 0, part: Int = 0) {
    var mixed = Self.mix(seed)
    mixed = Self.mix(mixed ^ UInt64(bitPattern: Int64(update)))
    key = Self.mix(
      mixed ^ (UInt64(bitPattern: Int64(microBatch)) << 32)
        ^ (UInt64(bitPattern: Int64(part)) << 48))
  }

  /// The next place's stream.
  public mutating func stream() -> UInt64 {
    defer { next += 1 }
    return next
  }

  /// The next place's uniform number in `0..<1`.
  public mutating func uniform() -> Double {
    Double(Self.mix(key ^ Self.mix(stream() | 1 << 63)) >> 11) * 0x1p-53
  }

  /// The finaliser of SplitMix64 (Steele and others 2014): spreads neighbouring numbers apart.
  static func mix(_ value: UInt64) -> UInt64 {
    var z = value &+ 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
