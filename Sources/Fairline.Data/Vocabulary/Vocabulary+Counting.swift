import FairlineFoundation

/// The words of one block of text and how often each occurs.
private struct WordCounts: Sendable {
  var table = SymbolTable()
  var counts: [Int] = []
  var lines = 0

  init(_ block: TextBlock) throws {
    try block.forEachLine { line in
      lines += 1
      Words.forEach(in: line) { word in
        let id = table.findOrAdd(word)
        if id == counts.count { counts.append(0) }
        counts[id] += 1
      }
    }
  }
}

extension Vocabulary {
  /// Counts the words of a text file, and one end symbol for each line.
  ///
  /// - Parameter workers: threads; the result does not depend on their number.
  mutating func countWords(of path: String, workers: Int = 1) throws {
    let counter = Counter(self)
    self = Vocabulary()  // so that the counter owns the only copy
    defer { self = counter.vocabulary }
    try OrderedBlocks.process(path, workers: workers) {
      try WordCounts($0)
    } deliver: {
      counter.add($0)
    }
  }

  private final class Counter {
    var vocabulary: Vocabulary

    init(_ vocabulary: Vocabulary) {
      self.vocabulary = vocabulary
    }

    func add(_ words: WordCounts) {
      for id in 0..<words.table.count {
        words.table.withBytes(of: id) {
          _ = vocabulary.add($0, count: words.counts[id])
        }
      }
      vocabulary.counts[Int(Vocabulary.eos)] += words.lines
    }
  }

  /// Sorts the ordinary symbols by count and cuts the rare ones: fairseq's finishing step.
  ///
  /// Equal counts are ordered by code points. Padding can push the size above `wordLimit`.
  /// - Parameters:
  ///   - threshold: symbols counted less often are dropped.
  ///   - wordLimit: the largest size, special symbols included; 0 or less for no limit.
  ///   - paddingFactor: `madeupword0000`, ... are added until the size is a multiple of this;
  ///     1 or less for none.
  package mutating func finalize(
    threshold: Int = -1, wordLimit: Int = -1, paddingFactor: Int = 8
  ) {
    var order = Array(specialCount..<count)
    order.sort { left, right in
      if counts[left] != counts[right] { return counts[left] > counts[right] }
      return table.withBytes(of: left) { a in
        table.withBytes(of: right) { b in a.lexicographicallyPrecedes(b) }
      }
    }
    if wordLimit > 0 { order.removeLast(max(0, order.count - max(0, wordLimit - specialCount))) }
    var sorted = Vocabulary(extraSpecials: (4..<specialCount).map { symbol(Int32($0)) })
    sorted.counts = Array(counts[..<specialCount])
    for id in order {
      if counts[id] < threshold { break }
      table.withBytes(of: id) { _ = sorted.add($0, count: counts[id]) }
    }
    sorted.pad(toMultipleOf: paddingFactor)
    self = sorted
  }

  private mutating func pad(toMultipleOf factor: Int) {
    guard factor > 1 else { return }
    var number = 0
    while count % factor != 0 {
      let digits = String(number)
      add("madeupword" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits, count: 0)
      number += 1
    }
  }
}
