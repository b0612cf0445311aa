import Fairline
import FairlineGeneration
import FairlineScoring
import FairlineData
import Foundation

/// Counts what was generated and scores it against the references.
struct GenerationTally {
  private let writer: HypothesisWriter
  private let usesSacreBLEU: Bool
  private var sentences = 0
  private var tokens = 0
  private var tokenBLEU: TokenBLEU
  private var words = WordInterner(["<s>", "<pad>", "</s>", "<unk>"])
  private var hypotheses: [String] = []
  private var references: [String] = []

  init(_ writer: HypothesisWriter, sacrebleu: Bool) {
    self.writer = writer
    usesSacreBLEU = sacrebleu
    tokenBLEU = TokenBLEU(
      pad: Int(Vocabulary.pad), eos: Int(Vocabulary.eos), unknown: Int(Vocabulary.unk))
  }

  /// Counts one sentence; its best hypothesis is scored.
  mutating func add(_ pairs: SentencePairs, _ row: Int, _ found: [Hypothesis]) {
    sentences += 1
    let best = found.first?.tokens ?? [Vocabulary.eos]
    tokens += best.count
    guard !pairs.targets.isEmpty else { return }
    let target = pairs.targets[row]
    if usesSacreBLEU {
      hypotheses.append(writer.plain(writer.text(best)))
      references.append(writer.plain(writer.text(target, reference: true)))
    } else if writer.postProcessing == .none {
      tokenBLEU.add(reference: target.map(Int.init), hypothesis: best.map(Int.init))
    } else {
      let reference = numbers(writer.plain(writer.text(target, reference: true)))
      tokenBLEU.add(reference: reference, hypothesis: numbers(writer.plain(writer.text(best))))
    }
    if !usesSacreBLEU { references.append("") }
  }

  /// Words as numbers, with the end symbol behind them.
  private mutating func numbers(_ text: String) -> [Int32] {
    words.numbers(text) + [Vocabulary.eos]
  }

  /// Tells how much was translated how quickly.
  func report(seconds: Double) {
    let rate = seconds > 0 ? 1 / seconds : 0
    Program.note("NOTE: hypothesis and token scores are output in base 2")
    Program.note(
      "Translated \(NumberText.grouped(sentences)) sentences (\(NumberText.grouped(tokens)) tokens) in \(String(format: "%.1f", seconds))s (\(String(format: "%.2f", Double(sentences) * rate)) sentences/s, \(String(format: "%.2f", Double(tokens) * rate)) tokens/s)"
    )
  }

  /// The score as fairseq words it; nil without references.
  func score() throws -> String? {
    guard !references.isEmpty else { return nil }
    guard usesSacreBLEU else { return tokenBLEU.description() }
    let score = try SacreBLEU().score(hypotheses, references: [references])
    return "\(score) \(score.signature)"
  }
}
