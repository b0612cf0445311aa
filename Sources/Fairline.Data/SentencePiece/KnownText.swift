/// Which characters a model knows: those that stand in a piece, or where a rule of normalization
/// begins.
///
/// What is not known is copied and becomes a piece of its own, whatever stands beside it.
struct KnownText {
  /// One bit for each character of Unicode that stands in a piece.
  private var characters = [UInt64](repeating: 0, count: 0x11_0000 / 64)
  /// The rules of normalization, a double-array trie of the bytes that they replace.
  private let rules: [UInt32]

  /// Reads a model's pieces and rules.
  ///
  /// - Returns: nil when unknown characters may become something else than pieces that are joined
  ///   to one: with byte fallback, whole words or unusual treatment of spaces.
  init?(serialized: [UInt8]) {
    let traits = ModelTraits(serialized: serialized)
    guard traits.joinsUnknownCharacters else { return nil }
    rules = Self.trie(traits.rules)
    add(0x20)
    traits.forEachPiece { piece in
      piece.withUnsafeBufferPointer { bytes in
        var place = 0
        while place < bytes.count {
          let (scalar, size) = Self.scalar(of: bytes, at: place)
          if let scalar { add(scalar) }
          place += size
        }
      }
    }
  }

  private mutating func add(_ scalar: UInt32) {
    characters[Int(scalar >> 6)] |= 1 << UInt64(scalar & 63)
  }

  /// The trie in a compiled map: its size in bytes, then units of four bytes.
  private static func trie(_ map: ArraySlice<UInt8>) -> [UInt32] {
    guard map.count > 4 else { return [] }
    return map.withUnsafeBytes { bytes in
      let size = Int(UInt32(littleEndian: bytes.loadUnaligned(as: UInt32.self)))
      return (0..<(min(size, bytes.count - 4) / 4)).map {
        UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 + 4 * $0, as: UInt32.self))
      }
    }
  }

  /// The length in bytes of the unknown character that begins at a place; nil where a known one
  /// stands, or what is not UTF-8.
  func unknown(_ text: UnsafeBufferPointer<UInt8>, at place: Int) -> Int? {
    let (scalar, size) = Self.scalar(of: text, at: place)
    guard let scalar, characters[Int(scalar >> 6)] >> UInt64(scalar & 63) & 1 == 0,
      !hasRule(text, at: place)
    else { return nil }
    return size
  }

  /// Whether a rule replaces text that begins at a place.
  ///
  /// Source: Darts-clone's `commonPrefixSearch`.
  private func hasRule(_ text: UnsafeBufferPointer<UInt8>, at place: Int) -> Bool {
    guard let root = rules.first else { return false }
    var node = Self.offset(root)
    for byte in text[place...] {
      node ^= Int(byte)
      guard node < rules.count else { return false }
      let unit = rules[node]
      guard unit & 0x8000_00FF == UInt32(byte) else { return false }
      if unit >> 8 & 1 == 1 { return true }
      node ^= Self.offset(unit)
    }
    return false
  }

  private static func offset(_ unit: UInt32) -> Int {
    Int((unit >> 10) << ((unit & (1 << 9)) >> 6))
  }

  /// The character that begins at a place, nil for what is none, and its bytes.
  private static func scalar(
    of text: UnsafeBufferPointer<UInt8>, at place: Int
  ) -> (UInt32?, size: Int) {
    let first = text[place]
    if first < 0x80 { return (UInt32(first), 1) }
    let size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
    guard first >= 0xC2, first < 0xF5, place + size <= text.count else { return (nil, 1) }
    var scalar = UInt32(first) & (0x7F >> UInt32(size))
    for next in text[(place + 1)..<(place + size)] {
      guard next & 0xC0 == 0x80 else { return (nil, 1) }
      scalar = scalar << 6 | UInt32(next & 0x3F)
    }
    return scalar < 0x11_0000 ? (scalar, size) : (nil, 1)
  }
}
