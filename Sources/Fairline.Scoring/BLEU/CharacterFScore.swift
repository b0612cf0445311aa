import Fairline

/// chrF and chrF++: the F-score of character (and word) n-grams (Popović 2015, 2017).
package struct CharacterFScore: Sendable {
  /// The greatest length of character n-grams.
  package var characterOrder = 6
  /// The greatest length of word n-grams; 2 for chrF++.
  package var wordOrder = 0
  /// How much more recall weighs than precision.
  package var beta = 2.0
  /// Whether all is compared in small letters.
  package var isLowercase = false
  /// Whether white space counts as characters.
  package var includesWhiteSpace = false
  /// Whether lengths without n-grams count with a tiny value instead of being left out.
  package var isSmoothed = false

  /// The standard settings of chrF2.
  package init() {}

  /// The score of a corpus in percent; throws ``ScoreError`` for streams of different lengths.
  package func score(_ hypotheses: [String], references: [[String]]) throws -> Double {
    try ScoreError.checkLengths(hypotheses, references)
    var sums = [Statistics](repeating: Statistics(), count: characterOrder + wordOrder)
    var interner = WordInterner()
    var counter = NGramCounter()
    for (index, hypothesis) in hypotheses.enumerated() {
      let best = best(hypothesis, references.map { $0[index] }, &interner, &counter)
      for n in sums.indices { sums[n].add(best[n]) }
    }
    return fScore(sums)
  }

  /// The score of one sentence in percent.
  package func sentenceScore(_ hypothesis: String, references: [String]) -> Double {
    var interner = WordInterner()
    var counter = NGramCounter()
    return fScore(best(hypothesis, references, &interner, &counter))
  }

  /// The settings as sacreBLEU abbreviates them.
  package func signature(references: String) -> String {
    [
      "nrefs:\(references)", "case:\(isLowercase ? "lc" : "mixed")",
      "eff:\(isSmoothed ? "no" : "yes")", "nc:\(characterOrder)", "nw:\(wordOrder)",
      "space:\(includesWhiteSpace ? "yes" : "no")", "version:\(SacreBLEU.parityVersion)",
    ].joined(separator: "|")
  }

  /// The name with beta and word order: `chrF2`, `chrF2++`.
  package var name: String {
    "chrF" + NumberText.general(beta) + String(repeating: "+", count: wordOrder)
  }

  private struct Statistics {
    var hypothesis = 0
    var reference = 0
    var matches = 0

    mutating func add(_ other: Statistics) {
      hypothesis += other.hypothesis
      reference += other.reference
      matches += other.matches
    }
  }

  private func best(
    _ hypothesis: String, _ references: [String], _ interner: inout WordInterner,
    _ counter: inout NGramCounter
  ) -> [Statistics] {
    let mine = units(hypothesis, &interner)
    var best: [Statistics] = []
    var bestScore = -1.0
    for reference in references {
      let theirs = units(reference, &interner)
      let statistics =
        compare(mine.characters, theirs.characters, characterOrder, &counter)
        + compare(mine.words, theirs.words, wordOrder, &counter)
      let score = fScore(statistics)
      if score > bestScore { (best, bestScore) = (statistics, score) }
    }
    return best
  }

  private func compare(
    _ hypothesis: [Int32], _ reference: [Int32], _ order: Int, _ counter: inout NGramCounter
  ) -> [Statistics] {
    guard order > 0 else { return [] }
    let matches = counter.matches(hypothesis, [reference], order: order)
    return (0..<order).map { n in
      let count = max(0, reference.count - n)
      return Statistics(
        hypothesis: count > 0 ? max(0, hypothesis.count - n) : 0, reference: count,
        matches: matches[n])
    }
  }

  private func units(
    _ sentence: String, _ interner: inout WordInterner
  ) -> (characters: [Int32], words: [Int32]) {
    let text = isLowercase ? SmallLetters.of(sentence) : sentence
    let characters = text.unicodeScalars.filter { includesWhiteSpace || !Words.isSpace($0) }
    var words: [Int32] = []
    if wordOrder > 0 {
      var line = text
      line.withUTF8 { bytes in
        Words.forEach(in: bytes) { word in
          for part in Self.parts(word) {
            words.append(interner.number(UnsafeBufferPointer(rebasing: word[part])))
          }
        }
      }
    }
    return (characters.map { Int32($0.value) }, words)
  }

  /// A word, with one ASCII punctuation mark at its end or else at its beginning apart.
  private static func parts(_ bytes: UnsafeBufferPointer<UInt8>) -> [Range<Int>] {
    let range = bytes.indices
    func isMark(_ byte: UInt8) -> Bool {
      switch byte {
      case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: true
      default: false
      }
    }
    guard range.count > 1 else { return [range] }
    let (first, last) = (range.lowerBound, range.upperBound - 1)
    if isMark(bytes[last]) { return [first..<last, last..<last + 1] }
    if isMark(bytes[first]) { return [first..<first + 1, first + 1..<last + 1] }
    return [range]
  }

  private func fScore(_ statistics: [Statistics]) -> Double {
    let tiny = 1e-16
    let factor = beta * beta
    var (smoothed, precision, recall, used) = (0.0, 0.0, 0.0, 0.0)
    for entry in statistics {
      let p = entry.hypothesis > 0 ? Double(entry.matches) / Double(entry.hypothesis) : tiny
      let r = entry.reference > 0 ? Double(entry.matches) / Double(entry.reference) : tiny
      let denominator = factor * p + r
      smoothed += denominator > 0 ? (1 + factor) * p * r / denominator : tiny
      if entry.hypothesis > 0, entry.reference > 0 {
        precision += p
        recall += r
        used += 1
      }
    }
    if isSmoothed { return 100 * smoothed / Double(statistics.count) }
    guard used > 0, precision + recall > 0 else { return 0 }
    (precision, recall) = (precision / used, recall / used)
    return 100 * (1 + factor) * precision * recall / (factor * precision + recall)
  }
}
