/// Whole lines of a text file, checked to be UTF-8.
package struct TextBlock: Sendable {
  package let path: String
  /// Where the block begins in the text, a byte-order mark not counted.
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
    let remedy = "the text is not valid UTF-8; convert the file to UTF-8"
    // What is no file cannot be read again to count the lines before.
    guard offset == 0 || Paths.isFile(path) else { return UserError("\(path): \(remedy)") }
    var line = 0
    bytes[..<position].withUnsafeBufferPointer { Lines.forEach(in: $0) { _ in line += 1 } }
    let startsLine = position == 0 || bytes[position - 1] == 0x0A
    line += startsLine ? 1 : 0
    if offset > 0 { line += try TextFile(path).lineCount(before: offset) }
    return UserError("\(path):\(line): \(remedy)")
  }
}

/// Cuts a text file into blocks of whole lines, front to back.
///
/// A byte-order mark at the beginning is left out. A file that gzip, zstd or xz has compressed, as
/// its first bytes tell, is decompressed on the way.
package struct TextBlockReader {
  private let path: String
  private let source: Decompressor
  private let blockSize: Int
  private let longestLine: Int
  private var carried: [UInt8] = []
  private var offset = 0
  private var atEnd = false

  /// Opens a file, pipe or device.
  ///
  /// - Parameter longestLine: the bytes that a line may have.
  package init(_ path: String, blockSize: Int, longestLine: Int = Lines.longest) throws {
    self.init(try FileReader(path), blockSize: blockSize, longestLine: longestLine)
  }

  /// Reads a file that was opened.
  init(_ file: FileReader, blockSize: Int, longestLine: Int = Lines.longest) {
    path = file.path
    source = Decompressor(file.path) { try file.read(blockSize) }
    self.blockSize = blockSize
    self.longestLine = longestLine
  }

  /// The next block; nil after the last one.
  ///
  /// - Throws: ``UserError`` naming a line that is too long, or a file that cannot be read.
  package mutating func next() throws -> TextBlock? {
    var bytes = carried
    let isFirst = offset == 0 && carried.isEmpty
    carried = []
    while !atEnd {
      let known = bytes.count
      let piece = try source.next(blockSize)
      atEnd = piece.count < blockSize
      bytes += piece
      if atEnd { break }
      // What was there before has no end of a line.
      if let end = Lines.lastEnd(in: piece) {
        carried = Array(piece[end...])
        bytes.removeSubrange((known + end)...)
        break
      }
      guard bytes.count <= longestLine else {
        throw UserError(
          "'\(path)' has a line of more than \(longestLine >> 20) MB: it is no text file")
      }
    }
    if isFirst, bytes.starts(with: Lines.byteOrderMark) {
      bytes.removeFirst(Lines.byteOrderMark.count)
    }
    guard !bytes.isEmpty else { return nil }
    defer { offset += bytes.count }
    return TextBlock(path: path, offset: offset, bytes: bytes)
  }
}
