import Fairline
import FairlineData
import FairlineGeneration
import FairlineScoring

/// Judges a model in training by the BLEU of its translations.
struct TranslationBLEU {
  private let configuration: TranslationSettings
  private let vocabularies: TranslationVocabularies
  private let settings: GenerationSettings
  private let postProcessing: PostProcessing
  private let tokenizer: BLEUTokenizer
  private let words: MosesTokenizer?

  init(
    _ configuration: TranslationSettings, _ vocabularies: TranslationVocabularies,
    _ language: String
  ) throws {
    words = configuration.evalBleuDetok == "moses" ? MosesTokenizer(language) : nil
    self.configuration = configuration
    self.vocabularies = vocabularies
    let flag = "--eval-bleu-args"
    (settings, tokenizer) = try Self.read(configuration, flag)
    postProcessing = try configuration.evalBleuRemoveBpe.map(PostProcessing.init) ?? .none
    // References are scored, not continued.
    guard !settings.scoreReference else {
      throw UserError("\(flag): 'score_reference' translates nothing: leave it out")
    }
  }

  /// The settings of the search, and the tokenizer, which may stand among them as `tokenize`.
  private static func read(
    _ configuration: TranslationSettings, _ flag: String
  ) throws -> (GenerationSettings, BLEUTokenizer) {
    guard case .object(var members) = configuration.evalBleuArgs else {
      throw UserError("\(flag) must be a JSON object such as {\"beam\": 4}")
    }
    var tokenizer = configuration.evalTokenizedBleu ? .none : configuration.evalBleuTokenizer
    if let named = members["tokenize"] {
      guard let known = BLEUTokenizer(rawValue: named.stringValue ?? "") else {
        let all = BLEUTokenizer.allCases.map(\.rawValue).joined(separator: ", ")
        throw UserError("\(flag): 'tokenize' cannot be \(named.compactText): give one of \(all)")
      }
      tokenizer = known
      members["tokenize"] = nil
    }
    return (
      try GenerationSettings(json: JSONValue.object(members).compactText, flag: flag), tokenizer
    )
  }

  /// Refuses a search that cannot be made with a model.
  func check(_ model: any Model) throws {
    _ = try SequenceGenerator(models: [model], settings: settings)
  }

  /// BLEU of the whole set, rounded as it is shown.
  func score(
    _ model: any Model, _ pairs: PairBatches, printing note: (String) -> Void
  ) throws -> Double {
    let generator = try SequenceGenerator(models: [model], settings: settings)
    var (hypotheses, references): ([String], [String]) = ([], [])
    for indices in pairs.batches {
      let batch = pairs.dataset.collate(indices)
      let found = generator.generate(
        indices.map { pairs.form.applied(to: pairs.dataset[$0]) })
      let given = pairs.form.target.count
      for (row, best) in found.enumerated() {
        // Unknown symbols on both sides must never match each other.
        let tokens = best.first?.tokens.dropFirst(given) ?? []
        hypotheses.append(text(Array(tokens), unknown: "UNKNOWNTOKENINHYP"))
        references.append(text(batch.targets[row], unknown: "UNKNOWNTOKENINREF"))
      }
      if configuration.evalBleuPrintSamples, let last = hypotheses.last {
        note("example hypothesis: \(last)")
        note("example reference: \(references[references.count - 1])")
      }
    }
    var scorer = SacreBLEU()
    scorer.tokenizer = tokenizer
    let score = try scorer.score(hypotheses, references: [references]).score
    return (score * 100).rounded() / 100
  }

  private func text(_ tokens: [Int32], unknown: String) -> String {
    let words = units(tokens, unknown: unknown)
    return self.words?.text(of: words) ?? words
  }

  private func units(_ tokens: [Int32], unknown: String) -> String {
    if postProcessing == .sentencepiece, let pieces = vocabularies.targetPieces {
      return pieces.text(
        of: vocabularies.target.decode(tokens, unknown: .replaced(by: unknown)))
    }
    return vocabularies.target.decode(
      tokens, postProcessing: postProcessing, unknown: .replaced(by: unknown))
  }
}
