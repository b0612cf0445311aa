/// Whole lines of a text file, checked to be UTF-8.
package struct TextBlock: Sendable {
  package let path: String
  /// Where the block begins in the file.
  package let offset: Int
  package let bytes: [UInt8]

  /// Calls `body` with each line; throws, naming file and line, when the text is not UTF-8.
  @inline(__always)
  package func forEachLine(_ body: (UnsafeBufferPointer<UInt8>) throws -> Void) throws {
    try bytes.withUnsafeBufferPointer { buffer in
      if let position = UTF8Check.firstError(in: buffer) {
        throw try encodingError(at: position)
      }
      try Lines.forEach(in: buffer, body)
    }
  }

  private func encodingError(at position: Int) throws -> UserError {
    var line = 0
    bytes[..<position].withUnsafeBufferPointer { Lines.forEach(in: $0) { _ in line += 1 } }
    let startsLine = position == 0 || bytes[position - 1] == 0x0A
    line += startsLine ? 1 : 0
    line += try TextFile(path).lineCount(before: offset)
    return UserError("\(path):\(line): the text is not valid UTF-8; convert the file to UTF-8")
  }
}

/// Cuts a text file into blocks of whole lines, front to back.
package struct TextBlockReader {
  /// The most bytes of a line: a device without an end is no text.
  package static let longestLine = 1 << 26
  private let file: FileReader
  private let blockSize: Int
  private var carried: [UInt8] = []
  private var offset = 0
  private var atEnd = false

  package init(_ path: String, blockSize: Int) throws {
    file = try FileReader(path)
    self.blockSize = blockSize
  }

  /// The next block; nil after the last one.
  ///
  /// - Throws: ``UserError`` naming a line that is too long, or a file that cannot be read.
  package mutating func next() throws -> TextBlock? {
    var bytes = carried
    carried = []
    while !atEnd {
      let piece = try file.read(blockSize)
      atEnd = piece.count < blockSize
      let known = bytes.count
      bytes += piece
      if atEnd { break }
      // What was there before has no end of a line.
      if let end = Lines.lastEnd(in: piece) {
        carried = Array(piece[end...])
        bytes.removeSubrange((known + end)...)
        break
      }
      guard bytes.count <= Self.longestLine else {
        throw UserError(
          "'\(file.path)' has a line of more than \(Self.longestLine >> 20) MB: it is no text file")
      }
    }
    guard !bytes.isEmpty else { return nil }
    defer { offset += bytes.count }
    return TextBlock(path: file.path, offset: offset, bytes: bytes)
  }
}
