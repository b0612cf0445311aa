public import Fairline

/// The metrics that Fairline brings.
public enum StandardMetrics: Plugin {
  /// Adds them.
  public static func register(in catalog: inout Catalog) throws {
    try catalog.metrics.add(
      "bleu", "fairseq's BLEU on symbols, or on words as they stand",
      build: { (_: NoSettings, context) in
        try Self.checkOrder(context, most: TokenBLEU.maximumOrder)
        return SymbolBLEU(order: context.order, ignoresCase: context.ignoresCase)
      })
    try catalog.metrics.add(
      "sacrebleu", "sacreBLEU's BLEU on plain text",
      build: { (settings: SacreBLEUSettings, context) in
        try Self.checkOrder(context, most: 16)
        var metric = SacreBLEU()
        metric.tokenizer = settings.isCharacterLevel ? .char : settings.tokenizer
        metric.smoothing = settings.smoothing
        metric.isLowercase = context.ignoresCase || settings.isLowercase
        metric.order = context.order
        return metric
      })
    try catalog.metrics.add(
      "chrf", "character F-score on plain text",
      build: { (settings: CharacterFScoreSettings, context) in
        guard (0...16).contains(settings.wordOrder) else {
          throw OptionError.invalid("--chrf-word-order must be between 0 and 16")
        }
        var metric = CharacterFScore()
        metric.isLowercase = context.ignoresCase
        metric.wordOrder = settings.wordOrder
        return metric
      })
    try catalog.metrics.add(
      "ter", "translation edit rate on plain text",
      build: { (settings: EditRateSettings, _) in
        var metric = TranslationEditRate()
        metric.isCaseSensitive = settings.isCaseSensitive
        metric.normalizes = settings.normalizes
        metric.removesPunctuation = settings.removesPunctuation
        metric.supportsAsian = settings.supportsAsian
        return metric
      })
  }

  private static func checkOrder(_ context: MetricContext, most: Int) throws {
    guard (1...most).contains(context.order) else {
      throw OptionError.invalid("--order must be between 1 and \(most)")
    }
  }
}

extension SacreBLEU: Metric {
  /// The score of a text.
  public func score(_ corpus: ScoredCorpus) throws -> MetricScore {
    let score = try score(corpus.hypotheses, references: corpus.references)
    return MetricScore(score.score, line: "\(score)", signature: score.signature)
  }

  /// The score of a sentence.
  public func score(sentence: String, references: [String]) -> MetricScore {
    let score = sentenceScore(sentence, references: references)
    return MetricScore(score.score, line: "\(score)", signature: score.signature)
  }
}

extension CharacterFScore: Metric {
  /// The score of a text.
  package func score(_ corpus: ScoredCorpus) throws -> MetricScore {
    report(try score(corpus.hypotheses, references: corpus.references), corpus.references.count)
  }

  /// The score of a sentence.
  package func score(sentence: String, references: [String]) -> MetricScore {
    report(sentenceScore(sentence, references: references), references.count)
  }

  private func report(_ score: Double, _ references: Int) -> MetricScore {
    MetricScore(
      score, line: "\(name) = \(NumberText.fixed(score, 2))",
      signature: signature(references: String(references)))
  }
}

extension TranslationEditRate: Metric {
  /// The score of a text.
  package func score(_ corpus: ScoredCorpus) throws -> MetricScore {
    report(try score(corpus.hypotheses, references: corpus.references), corpus.references.count)
  }

  /// The score of a sentence.
  package func score(sentence: String, references: [String]) -> MetricScore {
    report(sentenceScore(sentence, references: references), references.count)
  }

  private func report(_ score: Score, _ references: Int) -> MetricScore {
    MetricScore(
      score.percent, line: "TER = \(NumberText.fixed(score.percent, 2))",
      signature: signature(references: String(references)))
  }
}
