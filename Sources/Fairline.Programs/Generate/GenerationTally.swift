import Fairline
import FairlineData
import FairlineGeneration
import FairlineScoring
import Foundation

/// Counts what was generated and scores it against the references.
struct GenerationTally {
  private let coder: TextCoder
  private let metric: any Metric
  /// Whether metrics of symbols may have them, instead of text.
  private let scoresSymbols: Bool
  private var brokenOff = 0
  private var sentences = 0
  private var tokens = 0
  private var hypotheses: [String] = []
  private var references: [String] = []
  private var symbols: (hypotheses: [[Int32]], references: [[Int32]]) = ([], [])

  init(_ coder: TextCoder, _ metric: any Metric, ofSymbols: Bool) {
    self.coder = coder
    self.metric = metric
    scoresSymbols =
      ofSymbols && coder.postProcessing == .none && coder.unknownWords == nil
  }

  /// Counts one sentence; its best hypothesis is scored.
  mutating func add(_ input: GenerationInput, _ found: [Hypothesis]) {
    sentences += 1
    if found.first?.isBrokenOff == true { brokenOff += 1 }
    let best = found.first?.tokens ?? [Vocabulary.eos]
    tokens += best.count
    guard let reference = input.reference else { return }
    let units = found.first.map { coder.units(of: $0, for: input) } ?? ""
    hypotheses.append(coder.text(of: units))
    references.append(coder.text(of: coder.units(ofReference: reference, for: input)))
    if scoresSymbols {
      symbols.hypotheses.append(best)
      symbols.references.append(reference)
    }
  }

  /// The sentence about searches that had no way to an end; nil when there were none.
  static func sentence(brokenOff count: Int) -> String? {
    if count == 0 { return nil }
    return "\(count) sentences had no way to an end with these settings of the search, such as "
      + "--min-len, --constraints, --no-repeat-ngram-size or --shortlist: the best beginnings are "
      + "printed"
  }

  /// Tells how much was translated how quickly.
  func report(seconds: Double) {
    let rate = seconds > 0 ? 1 / seconds : 0
    Program.note("NOTE: hypothesis and token scores are output in base 2")
    if let sentence = Self.sentence(brokenOff: brokenOff) { Program.note(sentence) }
    let speed =
      String(format: "%.2f sentences/s, ", Double(sentences) * rate)
      + String(format: "%.2f tokens/s", Double(tokens) * rate)
    Program.note(
      "Translated \(NumberText.grouped(sentences)) sentences "
        + "(\(NumberText.grouped(tokens)) tokens) in \(String(format: "%.1f", seconds))s (\(speed))"
    )
  }

  /// The score as a line, with its signature; nil without references.
  func score() throws -> String? {
    guard !references.isEmpty else { return nil }
    var corpus = ScoredCorpus(hypotheses: hypotheses, references: [references])
    if scoresSymbols { corpus.symbols = symbols }
    let score = try metric.score(corpus)
    return score.line + (score.signature.map { " " + $0 } ?? "")
  }
}
