/// A text file with one sentence per line, read in a stream.
///
/// LF and CR LF end a line. Text that is not UTF-8 is an error naming file and line.
public struct TextFile: Sendable {
  /// Where the file lies.
  public let path: String

  /// Names a file; nothing is opened yet.
  public init(_ path: String) {
    self.path = path
  }

  /// Calls `body` with each line, without its end.
  public func forEachLine(_ body: (String) throws -> Void) throws {
    var reader = try TextBlockReader(path, blockSize: 1 << 20)
    while let block = try reader.next() {
      try block.forEachLine { try body(String(decoding: $0, as: UTF8.self)) }
    }
  }

  /// Reads all lines.
  public func lines() throws -> [String] {
    var lines: [String] = []
    try forEachLine { lines.append($0) }
    return lines
  }

  /// Counts the lines.
  public func lineCount() throws -> Int {
    try lineCount(before: .max)
  }

  /// Counts the lines that begin before a byte offset, which is the start of a line.
  func lineCount(before limit: Int) throws -> Int {
    var reader = try TextBlockReader(path, blockSize: 1 << 20)
    var count = 0
    while let block = try reader.next(), block.offset < limit {
      let end = min(block.bytes.count, limit - block.offset)
      block.bytes[..<end].withUnsafeBufferPointer {
        Lines.forEach(in: $0) { _ in count += 1 }
      }
    }
    return count
  }
}
