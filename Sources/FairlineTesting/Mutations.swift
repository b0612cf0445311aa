/// Random numbers that are the same in every run (SplitMix64, Steele and others 2014).
public struct SeededNumbers: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// Numbers of a seed.
  public init(seed: UInt64) { state = seed }

  /// The next 64 bits.
  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    return word ^ (word >> 31)
  }
}

/// Damaged copies of a file: flipped bits, other bytes, missing ends, blocks that are lost or
/// stand twice.
///
/// What reads files must refuse such a copy with an error, or read from it what the whole file
/// says; it must not stop the process.
package struct Mutations: Sendable {
  private var numbers: SeededNumbers

  /// The damages of a seed.
  package init(seed: UInt64) { numbers = SeededNumbers(seed: seed) }

  /// The next damaged copy.
  ///
  /// - Parameters:
  ///   - bytes: the whole file, not empty.
  ///   - range: where the damage begins; the whole file without it.
  package mutating func next(of bytes: [UInt8], in range: Range<Int>? = nil) -> [UInt8] {
    let place = Int.random(in: range ?? bytes.indices, using: &numbers)
    var copy = bytes
    switch Int.random(in: 0..<8, using: &numbers) {
    case 0: copy.removeSubrange(place...)
    case 1:
      let end = min(bytes.count, place + Int.random(in: 1...16, using: &numbers))
      copy.removeSubrange(place..<end)
    case 2:
      let end = min(bytes.count, place + Int.random(in: 1...16, using: &numbers))
      copy.insert(contentsOf: bytes[place..<end], at: place)
    case 3: copy[place] = UInt8.random(in: 0...255, using: &numbers)
    // Digits and marks, which make other numbers and structures of a text.
    case 4, 5: copy[place] = Array("0123456789-e.{}[]\",:".utf8).randomElement(using: &numbers) ?? 0
    default: copy[place] ^= 1 << UInt8.random(in: 0..<8, using: &numbers)
    }
    return copy
  }
}
