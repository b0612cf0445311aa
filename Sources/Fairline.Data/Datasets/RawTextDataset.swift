import FairlineFoundation

/// Sentences of a plain text file, turned into ids when the file is opened.
struct RawTextDataset: TokenSequences {
  private let ids: [Int32]
  private let ends: [Int]

  /// Reads a text file with one sentence per line.
  ///
  /// - Throws: a `UserError` naming file and line when the text is not UTF-8.
  init(path: String, vocabulary: Vocabulary) throws {
    var ids: [Int32] = []
    var ends = [0]
    var reader = try TextBlockReader(path, blockSize: 1 << 20)
    while let block = try reader.next() {
      try block.forEachLine { line in
        _ = vocabulary.appendIds(of: line, to: &ids)
        ends.append(ids.count)
      }
    }
    self.ids = ids
    self.ends = ends
  }

  /// The number of sentences.
  var count: Int { ends.count - 1 }

  /// The number of ids in a sentence, its end symbol included.
  func length(of index: Int) -> Int {
    ends[index + 1] - ends[index]
  }

  /// The ids of a sentence.
  subscript(index: Int) -> [Int32] {
    Array(ids[ends[index]..<ends[index + 1]])
  }
}
