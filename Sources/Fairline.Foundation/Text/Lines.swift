/// Lines of a buffer with universal newlines: LF, CR LF and a lone CR each end a line.
///
/// Other separators (form feed, U+0085, U+2028) belong to the line; they separate words.
package enum Lines {
  /// Calls `body` with each line, without its end; a last line needs no newline.
  @inline(__always)
  package static func forEach(
    in bytes: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) throws -> Void
  ) rethrows {
    var start = 0
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      guard byte == 0x0A || byte == 0x0D else {
        index += 1
        continue
      }
      try body(UnsafeBufferPointer(rebasing: bytes[start..<index]))
      index += byte == 0x0D && index + 1 < bytes.count && bytes[index + 1] == 0x0A ? 2 : 1
      start = index
    }
    if start < bytes.count { try body(UnsafeBufferPointer(rebasing: bytes[start...])) }
  }

  /// The end of the last complete line: after an LF, or after a CR that more bytes follow.
  package static func lastEnd(in bytes: [UInt8]) -> Int? {
    var index = bytes.count
    while index > 0 {
      let byte = bytes[index - 1]
      if byte == 0x0A || (byte == 0x0D && index < bytes.count) { return index }
      index -= 1
    }
    return nil
  }
}
