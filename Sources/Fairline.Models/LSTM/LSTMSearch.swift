public import Fairline
import FairlineGeneration
import FairlineTensor

extension LSTM {
  /// Yes.
  public var searchesInIntegers: Bool { true }

  /// Prepares search that keeps hidden states and cells of each prefix.
  public func prepareSearch(_ preparation: SearchPreparation) -> any DecoderFactory {
    let weights = InferenceWeights(parameters, precision: preparation.precision)
    let encoder = PreparedLSTMEncoder(self.encoder, weights)
    let layers = PreparedLSTMDecoder(decoder, weights)
    let output = decoder.output.prepared(map: decoder.outputMap, weights, preparation)
    return StackSearch(
      embedding: PreparedEmbedding(decoder.table, weights), output: output,
      weightBytes: output.byteCount + layers.byteCount,
      encoder: {
        {
          let encoded = encoder.encode($0)
          let starts = layers.starts(encoded)
          return SourceEncoding(encoded.states, starts: starts.hidden + starts.cells)
        }
      }
    ) { [LSTMCell(layers)] }
  }
}

/// The maps of a recurrent decoder, packed once for all batches.
struct PreparedLSTMDecoder: Sendable {
  let layers: [InferenceMemoryCell]
  let attention: (input: InferenceLinear, output: InferenceLinear)?
  let precision: InferencePrecision
  /// Channels of embeddings, and of what the encoder gives.
  let embedding, memory: Int
  private let hiddenMap, cellMap: InferenceLinear?

  init(_ decoder: LSTMDecoder, _ weights: InferenceWeights) {
    layers = decoder.layers.map { $0.prepared(weights) }
    attention = decoder.attention.map { (weights.linear($0.input), weights.linear($0.output)) }
    hiddenMap = decoder.hiddenMap.map(weights.linear)
    cellMap = decoder.cellMap.map(weights.linear)
    precision = weights.precision
    embedding = decoder.table.weight.shape[1]
    memory = attention?.input.outputs ?? 0
  }

  /// Channels of hidden states.
  var channels: Int { layers[0].channels }

  /// Bytes of the weights that every step reads.
  var byteCount: Int {
    layers.reduce(0) { $0 + $1.byteCount }
      + (attention.map { $0.input.byteCount + $0.output.byteCount } ?? 0)
  }

  /// What the layers begin with. Each `[sentence, channel]`
  func starts(_ ends: LSTMEncoder.Result) -> (hidden: [Tensor], cells: [Tensor]) {
    func mapped(_ end: Tensor, _ map: InferenceLinear?) -> Tensor {
      guard let map else { return end }
      let result = RowBuffer(columns: map.outputs, capacity: end.shape[0])
      map(RowBuffer(end), rows: end.shape[0], into: result)
      return result.tensor(rows: end.shape[0])
    }
    return (
      ends.hidden.map { mapped($0, hiddenMap) }, ends.cells.map { mapped($0, cellMap) }
    )
  }
}

/// All layers of a recurrent decoder beside an encoder, with what they keep of each prefix.
private final class LSTMCell: StepCell {
  private let maps: PreparedLSTMDecoder
  private let hidden, cells: [StateRows]
  /// The output before.
  private let fed: StateRows
  private let memory: CachedMemory?
  private let work: InferenceMemoryCell.Work
  /// Inputs of the first layer, of the attention, and of its output.
  private let input, query, joined: RowBuffer

  init(_ maps: PreparedLSTMDecoder) {
    self.maps = maps
    let channels = maps.channels
    hidden = maps.layers.map { _ in StateRows(columns: channels) }
    cells = maps.layers.map { _ in StateRows(columns: channels) }
    fed = StateRows(columns: channels)
    memory = maps.attention.map { _ in
      CachedMemory(channels: maps.memory, precision: maps.precision)
    }
    work = InferenceMemoryCell.Work(channels: channels)
    input = RowBuffer(columns: maps.embedding + channels)
    query = RowBuffer(columns: maps.memory)
    joined = RowBuffer(columns: maps.memory + channels)
  }

  func join(_ sources: EncodedSources) {
    let starts = sources.encoding.starts
    for (place, state) in (hidden + cells).enumerated() {
      state.join(sources, startingFrom: starts[place])
    }
    memory?.join(sources)
  }

  func run(_ states: RowBuffer, _ step: DecoderStep) -> RowBuffer {
    let rows = step.rows
    for state in hidden + cells + [fed] { state.advance(step) }
    input.reserve(rows)
    input.copy(rows: rows, of: [states, fed.current])
    var next = input
    for (index, layer) in maps.layers.enumerated() {
      layer(next, hidden: hidden[index].current, cell: cells[index].current, rows: rows, work)
      next = hidden[index].current
    }
    if let memory, let attention = maps.attention {
      query.reserve(rows)
      joined.reserve(rows)
      attention.input(next, rows: rows, into: query)
      joined.copy(rows: rows, of: [memory(query, step), next])
      attention.output(joined, rows: rows, into: fed.current, activation: .tanh)
    } else {
      fed.current.copy(next.tensor(rows: rows))
    }
    return fed.current
  }
}
