import Fairline

/// fairseq's BLEU as a metric: of symbols where they are known, else of words between white space.
struct SymbolBLEU: Metric {
  /// The greatest length of n-grams.
  let order: Int
  /// Whether words are compared in small letters; symbols are compared as they are.
  let ignoresCase: Bool

  var takesSeveralReferences: Bool { false }

  func score(_ corpus: ScoredCorpus) throws -> MetricScore {
    try ScoreError.checkLengths(corpus.hypotheses, corpus.references)
    var scorer = TokenBLEU()
    if let symbols = corpus.symbols {
      for (hypothesis, reference) in zip(symbols.hypotheses, symbols.references) {
        scorer.add(reference: reference, hypothesis: hypothesis)
      }
    } else {
      var words = Words()
      for (hypothesis, reference) in zip(corpus.hypotheses, corpus.references[0]) {
        add(hypothesis, reference, &words, to: &scorer)
      }
    }
    return report(scorer)
  }

  func score(sentence: String, references: [String]) -> MetricScore {
    var scorer = TokenBLEU(isSmoothed: true)
    var words = Words()
    add(sentence, references.first ?? "", &words, to: &scorer)
    return report(scorer)
  }

  private func report(_ scorer: TokenBLEU) -> MetricScore {
    MetricScore(scorer.score(order: order), line: scorer.description(order: order))
  }

  /// Words as numbers; the special symbols are those of a vocabulary.
  private struct Words {
    var interner = WordInterner(["<s>", "<pad>", "</s>", "<unk>"])

    /// The numbers of a sentence's words, with the end symbol behind them.
    mutating func numbers(_ text: String) -> [Int32] { interner.numbers(text) + [2] }
  }

  private func add(
    _ hypothesis: String, _ reference: String, _ words: inout Words, to scorer: inout TokenBLEU
  ) {
    let (left, right) =
      ignoresCase
      ? (SmallLetters.of(hypothesis), SmallLetters.of(reference)) : (hypothesis, reference)
    let numbers = words.numbers(right)
    scorer.add(reference: numbers, hypothesis: words.numbers(left))
  }
}
