import Foundation

/// Where lines end, for every reader of text: at LF, or at CR LF.
///
/// Nothing else ends a line: a lone CR, form feed, U+0085 and U+2028 belong to it.
package enum Lines {
  /// The most bytes of a line: more of them are no text, and would fill the memory.
  package static let longest = 1 << 26

  /// What some editors write at the beginning of a text.
  static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  /// Calls `body` with each line, without its end; a last line needs no newline.
  @inline(__always)
  package static func forEach(
    in bytes: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) throws -> Void
  ) rethrows {
    guard let base = bytes.baseAddress else { return }
    var start = 0
    while start < bytes.count {
      let found = memchr(base + start, 0x0A, bytes.count - start)
      let end = found.map { UnsafeRawPointer($0) - UnsafeRawPointer(base) } ?? bytes.count
      let cut = found != nil && end > start && bytes[end - 1] == 0x0D ? end - 1 : end
      try body(UnsafeBufferPointer(rebasing: bytes[start..<cut]))
      start = end + 1
    }
  }

  /// The end of the last complete line, after its LF.
  package static func lastEnd(in bytes: [UInt8]) -> Int? {
    bytes.lastIndex(of: 0x0A).map { $0 + 1 }
  }
}
