import Fairline
import FairlineData
import FairlineGeneration
import FairlinePrograms
import FairlineTensor

/// A model whose predictions are given for each sentence, step and row, whatever the prefix.
final class FakeModel: Model {
  /// Probabilities of the symbols from the end symbol on. `[step][sentence][row][symbol]`
  let probabilities: [[[[Float]]]]
  let parameters = ParameterSet(ParameterSpace(seed: 1))
  let maximumPositions = (source: 1024, target: 1024)

  init(_ probabilities: [[[[Float]]]]) { self.probabilities = probabilities }

  func callAsFunction(_ batch: Batch, _ pass: ForwardPass) -> ModelOutput {
    preconditionFailure("a fake model only decodes")
  }

  func prepareSearch(_ preparation: SearchPreparation) -> any DecoderFactory {
    FakeFactory(probabilities: probabilities)
  }
}

private struct FakeFactory: DecoderFactory {
  let probabilities: [[[[Float]]]]

  func makeDecoder(for sources: PackedTokens) -> any IncrementalDecoder {
    FakeDecoder(probabilities)
  }
}

private final class FakeDecoder: IncrementalDecoder {
  private let probabilities: [[[[Float]]]]
  private var step = 0
  var keepsAttention = false
  var attention: [[Float]]?

  init(_ probabilities: [[[[Float]]]]) { self.probabilities = probabilities }

  func step(symbols: [Int32], parents: [Int32], sentences: [Int32]) -> Tensor {
    defer { step += 1 }
    var seen: [Int32: Int] = [:]
    var rows: [Float] = []
    for sentence in sentences {
      let row = seen[sentence, default: 0]
      seen[sentence] = row + 1
      let given =
        step < probabilities.count ? probabilities[step][Int(sentence)][row] : [1, 0, 0, 0]
      // Symbols before the end symbol (begin, pad) are impossible.
      rows += ([0, 0] + given).map { $0 == 0 ? -.infinity : Tensor($0).log().scalar }
    }
    attention = sentences.map { _ in [0.25, 0.75] }
    return Tensor(rows, shape: [sentences.count, rows.count / sentences.count])
  }
}

extension SentencePairs {
  /// Sources only.
  init(sources: [[Int32]]) {
    self.init(ids: Array(sources.indices), sources: sources, targets: [])
  }
}

extension GenerationSettings {
  /// Changes made in place.
  func with(_ change: (inout Self) -> Void) -> Self {
    var copy = self
    change(&copy)
    return copy
  }
}
