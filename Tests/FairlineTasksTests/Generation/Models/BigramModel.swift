import Fairline
import FairlineTensor

/// A model without a source: the next symbol depends on the last one only.
final class BigramModel: Model {
  let parameters = ParameterSet(ParameterSpace(seed: 1))
  let maximumPositions = (source: 64, target: 64)
  /// Logits. `[symbol, next symbol]`
  let table: Tensor

  init(symbols: Int, seed: UInt64) {
    var random = RandomSource(seed: seed)
    table = Tensor(
      (0..<(symbols * symbols)).map { _ in Float(4 * random.uniform()) },
      shape: [symbols, symbols])
  }

  func callAsFunction(_ batch: Batch, _ pass: ForwardPass) -> ModelOutput {
    ModelOutput(logits: table.rows(at: batch.decoderInput.ids))
  }

  /// The logarithms of the probabilities of what follows a symbol.
  func scores(after symbol: Int32) -> [Float] {
    table.sliced(Int(symbol)..<(Int(symbol) + 1)).logSoftmax().scalars
  }
}
