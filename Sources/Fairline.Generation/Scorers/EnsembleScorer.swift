import Fairline
import FairlineTensor

/// The scores of several models together: the logarithms of their mean probabilities.
final class EnsembleScorer: CandidateScorer {
  private let decoders: [any IncrementalDecoder]
  private let temperature: Float

  private var count: Int

  init(
    _ decoders: [any IncrementalDecoder], for inputs: [GenerationInput], temperature: Float,
    keepsAttention: Bool
  ) {
    self.decoders = decoders
    self.temperature = temperature
    count = inputs.count
    for decoder in decoders {
      decoder.keepsAttention = keepsAttention
      decoder.admitConstraints(of: inputs, from: 0)
    }
  }

  var takesMore: Bool { decoders.allSatisfy(\.takesMore) }

  func join(_ inputs: [GenerationInput]) {
    let sources = PackedTokens(inputs.map(\.source))
    for decoder in decoders {
      decoder.join(sources)
      decoder.admitConstraints(of: inputs, from: count)
    }
    count += inputs.count
  }

  /// The same for all models.
  func candidates(of sentence: Int) -> CandidateSymbols? { decoders[0].candidates(of: sentence) }

  func step(_ rows: StepRows) -> StepScores {
    let all = decoders.map {
      $0.step(symbols: rows.symbols, parents: rows.parents, sentences: rows.sentences)
    }
    let candidates = rows.sentences.map { decoders[0].candidates(of: Int($0)) }
    guard candidates.contains(where: { $0 != nil }) else {
      return StepScores(logits: StepLogits(mean(all)))
    }
    return StepScores(
      logits: StepLogits(
        all[0].combining(all, over: candidates) { own, _ in mean(own) }))
  }

  /// The logarithm of the mean of what logits stand for. `[row, symbol]`
  private func mean(_ logits: [Tensor]) -> Tensor {
    Tensor.logMeanExp(logits.map { (temperature == 1 ? $0 : $0 / temperature).logSoftmax() })
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
