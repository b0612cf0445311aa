import Fairline
import FairlineData
import FairlineTensor

/// Scores given outputs instead of searching for some.
struct ReferenceScorer {
  private let models: [any Model]
  private let settings: GenerationSettings

  init(models: [any Model], _ settings: GenerationSettings) {
    self.models = models
    self.settings = settings
  }

  /// One hypothesis for each input: its reference, with the mean of its symbols' scores.
  func score(_ inputs: [GenerationInput]) -> [[Hypothesis]] {
    let references = inputs.map { input in
      guard let reference = input.reference else {
        preconditionFailure("only inputs with references can be scored")
      }
      return reference
    }
    let ids = inputs.map(\.id)
    let batch =
      inputs.contains { !$0.source.isEmpty }
      ? Batch.pairs(
        ids: ids, sources: inputs.map(\.source), targets: references,
        starts: inputs.allSatisfy { $0.start == Vocabulary.eos } ? nil : inputs.map(\.start))
      : Batch.sequences(ids: ids, targets: references, starts: inputs.map(\.start))
    let outputs = models.map { $0(batch, ForwardPass.evaluation()) }
    let logs = Tensor.logMeanExp(
      outputs.map { ($0.logits / Float(settings.temperature)).logSoftmax() })
    let scores = logs.elements(at: batch.target).scalars  // [target]
    return references.indices.map { place in
      let own = Array(scores[batch.decoderInput.segments[place]])
      let sum = own.reduce(0, +)
      return [
        Hypothesis(
          tokens: references[place], score: own.isEmpty ? 0 : sum / Float(own.count),
          positionalScores: own, attention: attention(outputs, place))
      ]
    }
  }

  private func attention(_ outputs: [ModelOutput], _ place: Int) -> [[Float]]? {
    guard settings.printAlignment != nil else { return nil }
    let all = outputs.compactMap { $0.attention?.sequences[place] }  // each [target, source]
    guard let first = all.first else { return nil }
    let mean = all.dropFirst().reduce(first, +) / Float(all.count)
    let (rows, columns) = (mean.shape[0], mean.shape[1])
    let scalars = mean.scalars
    return (0..<rows).map { Array(scalars[($0 * columns)..<(($0 + 1) * columns)]) }
  }
}
