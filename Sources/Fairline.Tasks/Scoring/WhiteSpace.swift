/// White space as Python's `str.split` knows it: Unicode's, and the four information separators.
enum WhiteSpace {
  static func contains(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09...0x0D, 0x1C...0x20, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F,
      0x205F, 0x3000:
      true
    default: false
    }
  }

  /// The length in bytes of the white space that begins at a position of UTF-8 bytes; 0 for none.
  static func length(_ bytes: UnsafeBufferPointer<UInt8>, _ position: Int) -> Int {
    let first = bytes[position]
    if first < 0x80 {
      return (first >= 0x09 && first <= 0x0D) || (first >= 0x1C && first <= 0x20) ? 1 : 0
    }
    let second = position + 1 < bytes.count ? bytes[position + 1] : 0
    if first == 0xC2 { return second == 0x85 || second == 0xA0 ? 2 : 0 }
    guard first >= 0xE1, first <= 0xE3, position + 2 < bytes.count else { return 0 }
    let code =
      UInt32(first & 0x0F) << 12 | UInt32(second & 0x3F) << 6 | UInt32(bytes[position + 2] & 0x3F)
    return Unicode.Scalar(code).map(contains) == true ? 3 : 0
  }

  /// Calls the body with the byte range of every word.
  static func eachWord(_ bytes: UnsafeBufferPointer<UInt8>, _ body: (Range<Int>) -> Void) {
    var start = 0
    var position = 0
    while position < bytes.count {
      let skipped = length(bytes, position)
      if skipped > 0 {
        if position > start { body(start..<position) }
        position += skipped
        start = position
      } else {
        position += 1
      }
    }
    if position > start { body(start..<position) }
  }

  /// The text without white space at its end.
  static func trimmedEnd(_ text: String) -> Substring.UnicodeScalarView {
    var scalars = text.unicodeScalars[...]
    while let last = scalars.last, contains(last) { scalars.removeLast() }
    return scalars
  }
}
