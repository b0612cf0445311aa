import FairlineFoundation
import Foundation

/// One text that was turned into ids, with its counts.
public struct BinarizedText: Sendable, Equatable, CustomStringConvertible {
  /// The text file.
  public var path: String
  /// The language; nil for the nameless one of `--only-source`.
  public var language: String?
  /// The number of sentences.
  public var sentences = 0
  /// The number of ids, one end symbol for each sentence included.
  public var tokens = 0
  /// The number of words that became unknown.
  public var replaced = 0

  /// The line that fairseq logs.
  public var description: String {
    "\(path): \(sentences) sents, \(tokens) tokens, \(percentage)% replaced "
      + "(by \(Vocabulary.unkSymbol))"
  }

  /// Three significant digits, at least one behind the point.
  private var percentage: String {
    let percent = tokens == 0 ? 0 : 100 * Double(replaced) / Double(tokens)
    if percent >= 99.95 { return "100.0" }
    let text = String(format: "%.3g", percent)
    return text.contains(".") || text.contains("e") ? text : text + ".0"
  }
}

/// The ids of one block of text.
private struct BinarizedBlock: Sendable {
  var bytes: [UInt8] = []
  var lengths: [Int32] = []
  var tokens = 0
  var replaced = 0

  init(_ block: TextBlock, _ vocabulary: Vocabulary, _ elementType: ElementType) throws {
    var ids: [Int32] = []
    try block.forEachLine { line in
      let start = ids.count
      replaced += vocabulary.appendIds(of: line, to: &ids)
      lengths.append(Int32(ids.count - start))
    }
    tokens = ids.count
    elementType.append(ids, to: &bytes)
  }
}

extension BinarizedText {
  /// Writes the ids of a text as `prefix.bin`, `prefix.idx` and the record `prefix.json`.
  ///
  /// - Parameter workers: threads; the files do not depend on their number.
  public init(
    binarizing path: String, to prefix: String, _ vocabulary: Vocabulary, workers: Int = 1
  ) throws {
    self.path = path
    let type = ElementType(vocabularySize: vocabulary.count)
    let writer = try IndexedDatasetWriter(prefix: prefix, elementType: type)
    let sum = Counts()
    try OrderedBlocks.process(path, workers: workers) { block in
      try BinarizedBlock(block, vocabulary, type)
    } deliver: { block in
      try writer.append(block.bytes, lengths: block.lengths)
      sum.add(block)
    }
    try writer.finish()
    (sentences, tokens, replaced) = (sum.sentences, sum.tokens, sum.replaced)
    var record = DatasetRecord(vocabulary: vocabulary, sentences: sentences, tokens: tokens)
    try record.add([prefix + ".bin", prefix + ".idx"])
    try record.save(prefix: prefix)
  }

  /// Copies a text, as the raw format has it, and counts what the dictionary makes of it.
  init(copying path: String, to destination: String, _ vocabulary: Vocabulary) throws {
    self.path = path
    let file = try FileWriter(destination)
    var reader = try TextBlockReader(path, blockSize: 1 << 20)
    let type = ElementType(vocabularySize: vocabulary.count)
    let sum = Counts()
    while let block = try reader.next() {
      sum.add(try BinarizedBlock(block, vocabulary, type))
      try file.write(block.bytes)
    }
    try file.finish()
    (sentences, tokens, replaced) = (sum.sentences, sum.tokens, sum.replaced)
  }

  private final class Counts {
    var sentences = 0
    var tokens = 0
    var replaced = 0

    func add(_ block: BinarizedBlock) {
      sentences += block.lengths.count
      tokens += block.tokens
      replaced += block.replaced
    }
  }
}
