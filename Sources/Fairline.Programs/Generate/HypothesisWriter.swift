import Fairline
import FairlineGeneration
import FairlineTasks
import FairlineData
import Foundation

/// Writes sources, references and hypotheses as fairseq prints them, and turns symbols into text.
struct HypothesisWriter: Sendable {
  let vocabularies: TranslationVocabularies
  let postProcessing: PostProcessing
  let pieces: SentencePieceModel?
  let joinsPieces: Bool
  let settings: GenerationSettings
  /// Whether sources are shown as plain text too; the interactive program shows their pieces.
  let decodesSources: Bool

  init(
    _ output: OutputSettings, _ settings: GenerationSettings,
    _ vocabularies: TranslationVocabularies, decodesSources: Bool
  ) throws {
    self.vocabularies = vocabularies
    self.settings = settings
    self.decodesSources = decodesSources
    postProcessing = try output.postProcess.map(PostProcessing.init) ?? .none
    guard output.bpe == nil || output.bpe == "sentencepiece" else {
      throw UserError("--bpe \(output.bpe ?? "") is not known: use sentencepiece")
    }
    let own = try output.sentencepieceModel.map { try SentencePieceModel(contentsOf: $0) }
    pieces = own ?? vocabularies.targetPieces
    joinsPieces = output.bpe == "sentencepiece" || pieces != nil
  }

  /// Text after `--post-process`, as `H-` lines show it.
  func text(_ tokens: [Int32], reference: Bool = false) -> String {
    vocabularies.target.decode(
      tokens, postProcessing: postProcessing, unknown: reference ? .escaped : .plain)
  }

  /// Plain text, as `D-` lines show it.
  func plain(_ text: String) -> String {
    guard joinsPieces, postProcessing != .sentencepiece else { return text }
    return PostProcessing.sentencepiece.apply(to: text)
  }

  /// The line of a source.
  func source(_ tokens: [Int32], id: Int) -> String {
    let text = vocabularies.source.decode(
      tokens, postProcessing: postProcessing, ignored: [Vocabulary.pad])
    return "S-\(id)\t\(decodesSources ? plain(text) : text)"
  }

  /// The line of a reference.
  func reference(_ tokens: [Int32], id: Int) -> String {
    "T-\(id)\t\(plain(text(tokens, reference: true)))"
  }

  /// The lines of a hypothesis.
  func lines(_ hypothesis: Hypothesis, source: [Int32], id: Int) -> [String] {
    let text = text(hypothesis.tokens)
    let score = Self.baseTwo(hypothesis.score)
    var lines = ["H-\(id)\t\(score)\t\(text)", "D-\(id)\t\(score)\t\(plain(text))"]
    let each = hypothesis.positionalScores.map {
      String(format: "%.4f", Double($0 / Float(M_LN2)))
    }
    lines.append("P-\(id)\t" + each.joined(separator: " "))
    if let kind = settings.printAlignment {
      lines.append("A-\(id)\t" + alignment(hypothesis, source, kind))
    }
    return lines
  }

  /// A natural-log score in base 2: the quotient in single precision, shown as its double.
  static func baseTwo(_ score: Float) -> String {
    let value = Double(score / Float(M_LN2))
    return value == -.infinity ? "-inf" : "\(value)"
  }

  private func alignment(
    _ hypothesis: Hypothesis, _ source: [Int32], _ kind: GenerationSettings.AlignmentKind
  ) -> String {
    guard let attention = hypothesis.attention else { return "" }
    switch kind {
    case .soft:
      return attention.map { row in
        row.map { String(format: "%.6f", Double($0)) }.joined(separator: ",")
      }.joined(separator: " ")
    case .hard:
      // Ends take no part; of equal weights the first counts.
      let places = source.indices.filter { source[$0] != Vocabulary.eos }
      var pairs: [String] = []
      for (target, row) in zip(hypothesis.tokens, attention).enumerated() {
        guard row.0 != Vocabulary.eos, row.1.count == source.count,
          let best = places.max(by: { row.1[$0] < row.1[$1] })
        else { continue }
        pairs.append("\(best)-\(target)")
      }
      return pairs.joined(separator: " ")
    }
  }
}
