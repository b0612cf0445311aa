import Fairline
import FairlineTensor

/// Decoders that are stepped side by side, their probabilities averaged.
struct DecoderEnsemble {
  private let decoders: [any IncrementalDecoder]
  private let temperature: Float

  init(_ decoders: [any IncrementalDecoder], temperature: Float, keepsAttention: Bool) {
    self.decoders = decoders
    self.temperature = temperature
    for decoder in decoders { decoder.keepsAttention = keepsAttention }
  }

  /// Whether sentences may join between steps.
  var takesMore: Bool { decoders.allSatisfy(\.takesMore) }

  /// Takes further sentences.
  func join(_ sources: PackedTokens) {
    for decoder in decoders { decoder.join(sources) }
  }

  /// What a sentence may be translated with, the same for all models; nil for all symbols.
  func candidates(of sentence: Int) -> CandidateSymbols? {
    decoders[0].candidates(of: sentence)
  }

  /// What the result of ``predict(symbols:parents:sentences:)`` is still to be multiplied by.
  var scale: Float { decoders.count == 1 ? 1 / temperature : 1 }

  /// Appends a symbol to each prefix and predicts the next: logits, or the logarithms of averaged probabilities.
  ///
  /// - Returns: `[row, vocabulary]`
  func predict(symbols: [Int32], parents: [Int32], sentences: [Int32]) -> StepLogits {
    if decoders.count == 1 {
      return decoders[0].predict(symbols: symbols, parents: parents, sentences: sentences)
    }
    let all = decoders.map {
      $0.step(symbols: symbols, parents: parents, sentences: sentences)
    }
    return StepLogits(
      Tensor.logMeanExp(all.map { (temperature == 1 ? $0 : $0 / temperature).logSoftmax() }))
  }

  /// The mean of the models' weights over the source; nil when no model has any. `[row][source]`
  var attention: [[Float]]? {
    let all = decoders.compactMap(\.attention)
    guard let first = all.first else { return nil }
    if all.count == 1 { return first }
    return first.indices.map { row in
      first[row].indices.map { place in
        all.reduce(0) { $0 + $1[row][place] } / Float(all.count)
      }
    }
  }
}
