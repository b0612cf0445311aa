import Fairline
import FairlineGeneration
import FairlineScoring
import FairlineData

/// Judges a model in training by the BLEU of its translations.
struct TranslationBLEU {
  private let configuration: TranslationConfiguration
  private let vocabularies: TranslationVocabularies
  private let settings: GenerationSettings
  private let postProcessing: PostProcessing

  init(_ configuration: TranslationConfiguration, _ vocabularies: TranslationVocabularies) throws {
    self.configuration = configuration
    self.vocabularies = vocabularies
    settings = try GenerationSettings(
      json: configuration.evalBleuArgs.compactText, flag: "--eval-bleu-args")
    postProcessing = try configuration.evalBleuRemoveBpe.map(PostProcessing.init) ?? .none
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
      let found = generator.generate(batch)
      for (row, best) in found.enumerated() {
        // Unknown symbols on both sides must never match each other.
        hypotheses.append(text(best.first?.tokens ?? [], unknown: "UNKNOWNTOKENINHYP"))
        references.append(text(batch.targets[row], unknown: "UNKNOWNTOKENINREF"))
      }
      if configuration.evalBleuPrintSamples, let last = hypotheses.last {
        note("example hypothesis: \(last)")
        note("example reference: \(references[references.count - 1])")
      }
    }
    var scorer = SacreBLEU()
    if configuration.evalTokenizedBleu { scorer.tokenizer = .none }
    let score = try scorer.score(hypotheses, references: [references]).score
    return (score * 100).rounded() / 100
  }

  private func text(_ tokens: [Int32], unknown: String) -> String {
    vocabularies.target.decode(
      tokens, postProcessing: postProcessing, unknown: .replaced(by: unknown))
  }
}
