import Fairline
import FairlineTensor

/// The scores of one model.
final class ModelScorer: CandidateScorer {
  private let decoder: any IncrementalDecoder
  private let temperature: Float

  init(_ decoder: any IncrementalDecoder, temperature: Float, keepsAttention: Bool) {
    self.decoder = decoder
    self.temperature = temperature
    decoder.keepsAttention = keepsAttention
  }

  var takesMore: Bool { decoder.takesMore }
  var attention: [[Float]]? { decoder.attention }

  func join(_ inputs: [GenerationInput]) { decoder.join(PackedTokens(inputs.map(\.source))) }

  func candidates(of sentence: Int) -> CandidateSymbols? { decoder.candidates(of: sentence) }

  func step(_ rows: StepRows) -> StepScores {
    StepScores(
      logits: decoder.predict(
        symbols: rows.symbols, parents: rows.parents, sentences: rows.sentences),
      scale: 1 / temperature)
  }
}

/// Makes the scorer of one model, or of several together.
struct ModelScorerFactory: ScorerFactory {
  let factories: [any DecoderFactory]
  let temperature: Float
  let keepsAttention: Bool

  func makeScorer(for inputs: [GenerationInput]) -> any CandidateScorer {
    let sources = PackedTokens(inputs.map(\.source))
    let decoders = factories.map { $0.makeDecoder(for: sources) }
    if decoders.count == 1 {
      return ModelScorer(decoders[0], temperature: temperature, keepsAttention: keepsAttention)
    }
    return EnsembleScorer(decoders, temperature: temperature, keepsAttention: keepsAttention)
  }
}
