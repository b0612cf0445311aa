import FairlineFoundation
import Foundation

/// Divides lines into pieces, remembering words where that cannot change the result.
///
/// Text repeats its words, so most lines need no call of the library. A line that has U+2581 itself
/// is divided whole: to the model it is a space. One thread uses a writer at a time.
final class PieceWriter {
  private let model: SentencePieceModel
  private let remembersWords: Bool
  private var words = SymbolTable()
  private var pieces = PieceLines()
  private var ends = [0]
  private static let longestWord = 100
  private static let largestMemory = 1 << 25

  init(_ model: SentencePieceModel, remembersWords: Bool) {
    self.model = model
    self.remembersWords = remembersWords
  }

  /// Appends the pieces of a line with a space between two, and a newline.
  func append(_ line: UnsafeBufferPointer<UInt8>, to output: PieceLines) throws {
    output.startsLine = true
    if remembersWords, !Self.holdsSpaceMark(line) {
      try appendWords(of: line, to: output)
    } else {
      try model.appendPieces(of: line, to: output)
    }
    output.bytes.append(0x0A)
  }

  private static func holdsSpaceMark(_ line: UnsafeBufferPointer<UInt8>) -> Bool {
    var start = 0
    while let base = line.baseAddress,
      let found = memchr(base + start, 0xE2, line.count - start)
    {
      let place = UnsafeRawPointer(found) - UnsafeRawPointer(base)
      if line[place...].starts(with: [0xE2, 0x96, 0x81]) { return true }
      start = place + 1
    }
    return false
  }

  private func appendWords(of line: UnsafeBufferPointer<UInt8>, to output: PieceLines) throws {
    var start = 0
    while start < line.count {
      let end = line[start...].firstIndex(of: 0x20) ?? line.count
      if end > start {
        let word = UnsafeBufferPointer(rebasing: line[start..<end])
        if word.count > Self.longestWord {
          try model.appendPieces(of: word, to: output)
        } else {
          try appendRemembered(word, to: output)
        }
      }
      start = end + 1
    }
  }

  private func appendRemembered(
    _ word: UnsafeBufferPointer<UInt8>, to output: PieceLines
  ) throws {
    if pieces.bytes.count > Self.largestMemory { forget() }
    let id: Int
    if let known = words.find(word) {
      id = known
    } else {
      pieces.startsLine = true
      try model.appendPieces(of: word, to: pieces)
      id = words.findOrAdd(word)
      ends.append(pieces.bytes.count)
    }
    let range = ends[id]..<ends[id + 1]
    if range.isEmpty { return }
    if !output.startsLine { output.bytes.append(0x20) }
    output.startsLine = false
    output.bytes += pieces.bytes[range]
  }

  private func forget() {
    words = SymbolTable()
    pieces = PieceLines()
    ends = [0]
  }
}

/// Writers that threads borrow, so that what one block taught serves the next.
final class PieceWriterPool: @unchecked Sendable {  // guarded by `lock`
  private let lock = NSLock()
  private let model: SentencePieceModel
  private let remembersWords: Bool
  private var idle: [PieceWriter] = []

  init(_ model: SentencePieceModel) {
    self.model = model
    remembersWords = ModelTraits(serialized: model.serialized).dividesWordByWord
  }

  /// Divides the lines of a block.
  func pieces(of block: TextBlock) throws -> [UInt8] {
    let writer =
      lock.withLock { idle.popLast() }
      ?? PieceWriter(
        model, remembersWords: remembersWords)
    defer { lock.withLock { idle.append(writer) } }
    let lines = PieceLines()
    lines.bytes.reserveCapacity(block.bytes.count * 2)
    try block.forEachLine { try writer.append($0, to: lines) }
    return lines.bytes
  }
}
