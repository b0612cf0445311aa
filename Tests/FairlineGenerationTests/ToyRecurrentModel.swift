import Fairline
import FairlineGeneration
import FairlineTensor

/// A translation model of one recurrent cell, `h' = tanh(W x + U h)`, that starts from the vector
/// of the source's first symbol.
final class ToyRecurrentModel: Model {
  let parameters: ParameterSet
  let maximumPositions = (source: 64, target: 64)
  private let tables: (source: Embedding, target: Embedding)
  private let input, recurrent, output: Linear
  private static let (symbols, channels, width) = (23, 8, 10)

  init(seed: UInt64) {
    let space = ParameterSpace(seed: seed)
    let (symbols, width) = (Self.symbols, Self.width)
    tables = (
      Embedding(space.part("source"), symbols: symbols, channels: width),
      Embedding(space.part("target"), symbols: symbols, channels: Self.channels)
    )
    input = Linear(space.part("input"), inputs: Self.channels, outputs: width)
    recurrent = Linear(space.part("recurrent"), inputs: width, outputs: width)
    output = Linear(
      space.part("output"), inputs: width, outputs: symbols, bias: .normal(deviation: 1))
    parameters = ParameterSet(space)
  }

  func callAsFunction(_ batch: Batch, _ pass: ForwardPass) -> ModelOutput {
    let begin = starts(batch.source, pass)
    let inputs = input(tables.target(batch.decoderInput, pass), pass)
    var states: [Tensor] = []
    for index in 0..<batch.decoderInput.segments.count {
      var state = begin.sliced(index..<(index + 1))
      for row in batch.decoderInput.segments[index] {
        state = (inputs.sliced(row..<(row + 1)) + recurrent(state, pass)).tanh()
        states.append(state)
      }
    }
    return ModelOutput(logits: output(Tensor.concatenated(states), pass))
  }

  /// The vector of each source's first symbol. `[sentence, width]`
  private func starts(_ source: PackedTokens, _ pass: ForwardPass) -> Tensor {
    let first = (0..<source.segments.count).map { source.ids[source.segments[$0].lowerBound] }
    return pass.value(of: tables.source.weight).rows(at: first)
  }

  func prepareSearch(_ preparation: SearchPreparation) -> any DecoderFactory {
    let weights = InferenceWeights(parameters, precision: preparation.precision)
    let maps = (input: weights.linear(input), recurrent: weights.linear(recurrent))
    return StackSearch(
      embedding: PreparedEmbedding(tables.target, weights),
      output: PreparedOutput(output.weight, bias: output.bias, weights, preparation),
      encoder: { [self] in
        { sources in
          let pass = ForwardPass.evaluation()
          return SourceEncoding(
            self.tables.source(sources, pass), starts: [self.starts(sources, pass)])
        }
      }
    ) { [Cell(maps.input, maps.recurrent)] }
  }

  private final class Cell: StepCell {
    private let input, recurrent: InferenceLinear
    private let state = StateRows(columns: ToyRecurrentModel.width)
    private let sum = RowBuffer(columns: ToyRecurrentModel.width)

    init(_ input: InferenceLinear, _ recurrent: InferenceLinear) {
      self.input = input
      self.recurrent = recurrent
    }

    func join(_ sources: EncodedSources) {
      state.join(sources, startingFrom: sources.encoding.starts[0])
    }

    func run(_ states: RowBuffer, _ step: DecoderStep) -> RowBuffer {
      let rows = step.rows
      state.advance(step)
      sum.reserve(rows)
      input(states, rows: rows, into: sum)
      let fromState = RowBuffer(columns: ToyRecurrentModel.width, capacity: rows)
      recurrent(state.current, rows: rows, into: fromState)
      state.current.copy((sum.tensor(rows: rows) + fromState.tensor(rows: rows)).tanh())
      return state.current
    }
  }
}
