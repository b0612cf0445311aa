import Fairline
import FairlineTensor

/// The scores of one model.
final class ModelScorer: CandidateScorer {
  private let decoder: any IncrementalDecoder
  private let temperature: Float

  private var count: Int

  init(
    _ decoder: any IncrementalDecoder, for inputs: [GenerationInput], temperature: Float,
    keepsAttention: Bool
  ) {
    self.decoder = decoder
    self.temperature = temperature
    count = inputs.count
    decoder.keepsAttention = keepsAttention
    decoder.admitConstraints(of: inputs, from: 0)
  }

  var takesMore: Bool { decoder.takesMore }
  var attention: [[Float]]? { decoder.attention }

  func join(_ inputs: [GenerationInput]) {
    decoder.join(PackedTokens(inputs.map(\.source)))
    decoder.admitConstraints(of: inputs, from: count)
    count += inputs.count
  }

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
      return ModelScorer(
        decoders[0], for: inputs, temperature: temperature, keepsAttention: keepsAttention)
    }
    return EnsembleScorer(
      decoders, for: inputs, temperature: temperature, keepsAttention: keepsAttention)
  }
}

extension IncrementalDecoder {
  /// Lets sentences be translated with the phrases that their outputs must hold.
  ///
  /// - Parameter first: the number of the first one.
  func admitConstraints(of inputs: [GenerationInput], from first: Int) {
    for (place, input) in inputs.enumerated() where !input.constraints.isEmpty {
      admit(input.constraints.flatMap { $0 }, to: first + place)
    }
  }
}
