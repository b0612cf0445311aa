/// TER: the edits from a translation to its nearest reference, shifts of phrases among them, over
/// the references' length (Snover and others 2006), as sacreBLEU computes it.
package struct TranslationEditRate: Sendable {
  /// Whether capital and small letters differ.
  package var isCaseSensitive = false
  /// Whether punctuation is cut off words.
  package var normalizes = false
  /// Whether punctuation is taken out.
  package var removesPunctuation = false
  /// Whether Chinese characters are words, and East Asian punctuation is punctuation.
  package var supportsAsian = false

  /// The standard settings.
  package init() {}

  /// What is counted.
  package struct Score: Sendable, Equatable {
    /// The number of edits.
    package var edits = 0
    /// The number of words of the references, on average where a sentence has several.
    package var referenceLength = 0.0

    /// A score.
    package init(edits: Int = 0, referenceLength: Double = 0) {
      self.edits = edits
      self.referenceLength = referenceLength
    }

    /// The edits for each hundred words.
    package var percent: Double {
      referenceLength > 0 ? 100 * (Double(edits) / referenceLength) : edits > 0 ? 100 : 0
    }
  }

  /// The score of a corpus; throws ``ScoreError`` for streams of different lengths.
  package func score(_ hypotheses: [String], references: [[String]]) throws -> Score {
    try ScoreError.checkLengths(hypotheses, references)
    var total = Score()
    for (index, hypothesis) in hypotheses.enumerated() {
      let own = sentenceScore(hypothesis, references: references.map { $0[index] })
      total.edits += own.edits
      total.referenceLength += own.referenceLength
    }
    return total
  }

  /// The score of one sentence.
  package func sentenceScore(_ hypothesis: String, references: [String]) -> Score {
    let tokenizer = TercomTokenizer(
      normalizes: normalizes, removesPunctuation: removesPunctuation,
      supportsAsian: supportsAsian, isCaseSensitive: isCaseSensitive)
    var interner = WordInterner()
    let words = interner.numbers(tokenizer(hypothesis))
    let all = references.map { interner.numbers(tokenizer($0)) }
    return Score(
      edits: all.map { WordShifts.edits(from: words, to: $0) }.min() ?? 0,
      referenceLength: Double(all.reduce(0) { $0 + $1.count }) / Double(max(all.count, 1)))
  }

  /// The settings as sacreBLEU abbreviates them.
  package func signature(references: String) -> String {
    func yes(_ value: Bool) -> String { value ? "yes" : "no" }
    return [
      "nrefs:\(references)", "case:\(isCaseSensitive ? "mixed" : "lc")", "tok:tercom",
      "norm:\(yes(normalizes))", "punct:\(yes(!removesPunctuation))",
      "asian:\(yes(supportsAsian))", "version:\(SacreBLEU.parityVersion)",
    ].joined(separator: "|")
  }
}
