/// The compiled rules of normalization in a model file: the size of a double-array trie, the trie,
/// and the texts that its values point to.
///
/// SentencePiece follows them without a look at their bounds, so a damaged model would read foreign
/// memory. Source: Darts-clone's `commonPrefixSearch`.
enum NormalizationRules {
  /// Whether no text can lead out of the trie or behind the texts.
  ///
  /// What SentencePiece refuses by itself, an empty map or a trie that ends behind it, is left to
  /// it.
  static func areSound(_ map: ArraySlice<UInt8>) -> Bool {
    map.withUnsafeBytes { bytes in
      guard bytes.count > 4 else { return true }
      let size = Int(UInt32(littleEndian: bytes.loadUnaligned(as: UInt32.self)))
      guard size < bytes.count else { return true }
      let count = min(size, bytes.count - 4) / 4
      func unit(_ place: Int) -> UInt32 {
        UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 + 4 * place, as: UInt32.self))
      }
      let texts = bytes[min(4 + size, bytes.count)...]
      // A text goes on to the next zero.
      let lastText = (texts.lastIndex(of: 0) ?? texts.startIndex - 1) - texts.startIndex
      for place in 0..<count {
        let here = unit(place)
        // Values are read where a unit before them says so.
        if here >> 31 == 1 { continue }
        let base = place ^ Int((here >> 10) << ((here & (1 << 9)) >> 6))
        guard base | 0xFF < count else { return false }
        let hasValue = here >> 8 & 1 == 1
        if hasValue, Int(unit(base) & 0x7FFF_FFFF) > lastText { return false }
      }
      return count > 0
    }
  }
}
