import FairlineFoundation
import Foundation

/// Sentences of a plain text file, turned into ids when the file is opened.
struct RawTextDataset: TokenSequences {
  private let ids: [Int32]
  private let ends: [Int]
  private let lines: TextLines

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
    lines = TextLines(path)
    self.ids = ids
    self.ends = ends
  }

  /// The number of sentences.
  var count: Int { ends.count - 1 }

  /// A sentence as it stands in the file, which is read again for the first one.
  public func text(of index: Int) -> String? { lines[index] }

  /// The number of ids in a sentence, its end symbol included.
  func length(of index: Int) -> Int {
    ends[index + 1] - ends[index]
  }

  /// The ids of a sentence.
  subscript(index: Int) -> [Int32] {
    Array(ids[ends[index]..<ends[index + 1]])
  }
}

/// The lines of a file, read when the first one is asked for.
private final class TextLines: @unchecked Sendable {
  private let path: String
  // Used under the lock only.
  private let lock = NSLock()
  private var lines: [String]?

  init(_ path: String) { self.path = path }

  subscript(index: Int) -> String? {
    lock.withLock {
      let all = lines ?? (try? LineReader(path, flag: path).rest()) ?? []
      lines = all
      return index < all.count ? all[index].trimmingCharacters(in: .whitespaces) : nil
    }
  }
}
