import Fairline
import FairlineTensor

/// A search whose hypotheses change places, beside the predictions of whole prefixes.
struct SearchSteps {
  /// For each step and row the row of the step before that it continues; -1 at the beginning.
  let parents: [[Int32]]
  /// For each step and row its sentence.
  let sentences: [[Int32]]

  /// Makes the steps, and hands each one's scores to `compare`, with those of the whole prefixes.
  ///
  /// - Parameter source: the sources of the rows of a step, whose sentences are given.
  func run(
    _ model: any Model, _ decoder: any IncrementalDecoder,
    source: ([Int32]) -> PackedTokens,
    _ compare: (_ step: Int, _ observed: Tensor, _ expected: Tensor) throws -> Void
  ) rethrows {
    var prefixes: [[Int32]] = []
    for step in sentences.indices {
      let symbols = sentences[step].indices.map {
        step == 0 ? Int32(2) : Int32(4 + (step * 5 + $0 * 3) % 17)
      }
      prefixes = symbols.indices.map { row in
        (step == 0 ? [] : prefixes[Int(parents[step][row])]) + [symbols[row]]
      }
      let observed = decoder.step(
        symbols: symbols, parents: parents[step], sentences: sentences[step])
      let input = PackedTokens(prefixes)
      let whole = Batch(
        ids: Array(symbols.indices), source: source(sentences[step]), decoderInput: input,
        target: [Int32](repeating: 4, count: input.count))
      let last = symbols.indices.map { Int32(input.segments[$0].upperBound - 1) }
      try compare(step, observed, model(whole, .evaluation()).logits.rows(at: last))
    }
  }
}
