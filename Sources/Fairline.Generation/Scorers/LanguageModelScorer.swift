public import Fairline
import FairlineTensor

/// Adds the weighted scores of a language model of the target side (Gulcehre and others 2015,
/// "On using monolingual corpora in neural machine translation": shallow fusion).
///
/// The language model reads what the decoder reads, its first symbol included, and keeps what it
/// has computed of each prefix.
public struct LanguageModelFusion: ScorerFactory {
  private let factory: any DecoderFactory
  private let weight: Float

  /// Prepares a language model.
  ///
  /// - Parameters:
  ///   - model: predicts target symbols without a source.
  ///   - weight: what its scores are multiplied by.
  ///   - preparation: the numbers that its weights are held in.
  public init(
    _ model: any Model, weight: Float, preparation: SearchPreparation = SearchPreparation()
  ) {
    factory = model.prepareSearch(preparation)
    self.weight = weight
  }

  /// Makes the scorer of some inputs.
  public func makeScorer(for inputs: [GenerationInput]) -> any CandidateScorer {
    Scorer(factory.makeDecoder(for: Self.nothing(inputs.count)), weight)
  }

  /// No source for each of some sentences.
  private static func nothing(_ count: Int) -> PackedTokens {
    PackedTokens([[Int32]](repeating: [], count: count))
  }

  private final class Scorer: CandidateScorer {
    private let decoder: any IncrementalDecoder
    private let weight: Float

    init(_ decoder: any IncrementalDecoder, _ weight: Float) {
      self.decoder = decoder
      self.weight = weight
    }

    var takesMore: Bool { decoder.takesMore }

    func join(_ inputs: [GenerationInput]) {
      decoder.join(LanguageModelFusion.nothing(inputs.count))
    }

    func step(_ rows: StepRows) -> StepScores {
      let logits = decoder.step(
        symbols: rows.symbols, parents: rows.parents, sentences: rows.sentences)
      return StepScores(scores: logits.logSoftmax() * weight)
    }
  }
}
