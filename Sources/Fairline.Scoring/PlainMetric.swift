package import Fairline

/// A score of plain text as the lines that report it.
package struct PlainMetric {
  package let corpus: ([String], [[String]]) throws -> (line: String, signature: String)
  package let sentence: (String, [String]) -> String

  /// The metric that the settings ask for; nil for the score of tokens.
  package init?(_ settings: ScoreConfiguration) {
    if settings.usesSacreBLEU {
      var scorer = SacreBLEU()
      scorer.tokenizer = settings.tokenizer
      scorer.smoothing = settings.smoothing
      scorer.isLowercase = settings.ignoresCase
      scorer.order = settings.order
      self.init(scorer)
    } else if settings.usesCharacterFScore {
      var scorer = CharacterFScore()
      scorer.isLowercase = settings.ignoresCase
      scorer.wordOrder = settings.wordOrder
      self.init(scorer)
    } else if settings.usesEditRate {
      var scorer = TranslationEditRate()
      scorer.isCaseSensitive = settings.editRateIsCaseSensitive
      scorer.normalizes = settings.editRateNormalizes
      scorer.removesPunctuation = settings.editRateRemovesPunctuation
      scorer.supportsAsian = settings.editRateSupportsAsian
      self.init(scorer)
    } else {
      return nil
    }
  }

  private init(_ scorer: SacreBLEU) {
    corpus = { hypotheses, references in
      let score = try scorer.score(hypotheses, references: references)
      return ("\(score)", score.signature)
    }
    sentence = { "\(scorer.sentenceScore($0, references: $1))" }
  }

  private init(_ scorer: CharacterFScore) {
    func line(_ score: Double) -> String { "\(scorer.name) = \(NumberText.fixed(score, 2))" }
    corpus = { hypotheses, references in
      let score = try scorer.score(hypotheses, references: references)
      return (line(score), scorer.signature(references: String(references.count)))
    }
    sentence = { line(scorer.sentenceScore($0, references: $1)) }
  }

  private init(_ scorer: TranslationEditRate) {
    func line(_ score: TranslationEditRate.Score) -> String {
      "TER = \(NumberText.fixed(score.percent, 2))"
    }
    corpus = { hypotheses, references in
      let score = try scorer.score(hypotheses, references: references)
      return (line(score), scorer.signature(references: String(references.count)))
    }
    sentence = { line(scorer.sentenceScore($0, references: $1)) }
  }
}
