/// Words of a line: what stands between runs of Unicode white space.
///
/// The set is Python's: U+0009-000D, 001C-0020, 0085, 00A0, 1680, 2000-200A, 2028, 2029, 202F,
/// 205F, 3000; U+200B and U+FEFF are not white space.
package enum Words {
  /// Calls `body` with each word of a line of well-formed UTF-8.
  @inline(__always)
  package static func forEach(
    in line: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) throws -> Void
  ) rethrows {
    var start = 0
    var index = 0
    while index < line.count {
      let byte = line[index]
      var space = 0
      if byte <= 0x20 {
        space = isASCIISpace(byte) ? 1 : 0
      } else if byte >= 0xC2 {
        space = wideSpaceLength(line, at: index)
      }
      if space == 0 {
        index += 1
        continue
      }
      if index > start { try body(UnsafeBufferPointer(rebasing: line[start..<index])) }
      index += space
      start = index
    }
    if start < line.count { try body(UnsafeBufferPointer(rebasing: line[start...])) }
  }

  /// The number of trailing bytes that are white space.
  package static func trailingSpace(of line: UnsafeBufferPointer<UInt8>) -> Int {
    var end = line.count
    while end > 0 {
      var start = end - 1
      while start > 0 && line[start] & 0xC0 == 0x80 { start -= 1 }
      let isSpace =
        end - start == 1 ? isASCIISpace(line[start]) : wideSpaceLength(line, at: start) > 0
      if !isSpace { break }
      end = start
    }
    return line.count - end
  }

  @inline(__always)
  package static func isASCIISpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || 0x09...0x0D ~= byte || 0x1C...0x1F ~= byte
  }

  /// The length of the multi-byte white space at an index, 0 when there is none.
  @inline(__always)
  package static func wideSpaceLength(_ line: UnsafeBufferPointer<UInt8>, at index: Int) -> Int {
    let lead = line[index]
    guard lead == 0xC2 || lead == 0xE1 || lead == 0xE2 || lead == 0xE3 else { return 0 }
    let second = index + 1 < line.count ? line[index + 1] : 0
    if lead == 0xC2 { return second == 0x85 || second == 0xA0 ? 2 : 0 }
    let third = index + 2 < line.count ? line[index + 2] : 0
    switch (lead, second) {
    case (0xE1, 0x9A), (0xE3, 0x80): return third == 0x80 ? 3 : 0
    case (0xE2, 0x80):
      return 0x80...0x8A ~= third || third == 0xA8 || third == 0xA9 || third == 0xAF ? 3 : 0
    case (0xE2, 0x81): return third == 0x9F ? 3 : 0
    default: return 0
    }
  }

  /// Whether a character is white space.
  package static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09...0x0D, 0x1C...0x20, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F,
      0x205F, 0x3000:
      true
    default: false
    }
  }

  /// The text without white space at its end.
  package static func trimmedEnd(_ text: String) -> Substring.UnicodeScalarView {
    var scalars = text.unicodeScalars[...]
    while let last = scalars.last, isSpace(last) { scalars.removeLast() }
    return scalars
  }
}
