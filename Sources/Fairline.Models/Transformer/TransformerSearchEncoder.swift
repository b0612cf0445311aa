import FairlineTensor

/// The encoder prepared for search: its maps packed once, applied without a tape.
struct TransformerSearchEncoder: Sendable {
  private let embedding: TransformerSearchEmbedding
  private let layers: [Layer]
  private let norm: LayerNorm?
  private let channels: Int

  /// The maps of a layer.
  private struct Layer: Sendable {
    let layer: TransformerEncoderLayer
    let attention: SentenceAttention
    let input, output, first, second: InferenceLinear

    init(_ layer: TransformerEncoderLayer, _ weights: InferenceWeights) {
      self.layer = layer
      attention = SentenceAttention(
        heads: layer.attention.heads, channels: layer.attention.channels)
      input = weights.linear(layer.attention.input.weight, bias: layer.attention.input.bias)
      output = weights.linear(layer.attention.output)
      first = weights.linear(layer.feedForward.first)
      second = weights.linear(layer.feedForward.second)
    }
  }

  init(_ encoder: TransformerEncoder, _ weights: InferenceWeights) {
    embedding = TransformerSearchEmbedding(encoder.embedding, weights)
    layers = encoder.layers.map { Layer($0, weights) }
    norm = encoder.norm
    channels = encoder.embedding.table.weight.shape[1]
  }

  /// Encodes packed sentences into `work.states`. `[source, channel]`
  func callAsFunction(_ sources: PackedTokens, _ work: TransformerStepWork) {
    let rows = sources.count
    work.reserve(rows)
    embedding(sources.ids, places: sources.segments.positions(from: 0), into: work.states)
    for layer in layers { run(layer, sources.segments, rows, work) }
    norm?(work.states, rows: rows, into: work.states)
  }

  private func run(
    _ maps: Layer, _ segments: Segments, _ rows: Int, _ work: TransformerStepWork
  ) {
    let layer = maps.layer
    work.subLayer(layer.afterAttention, rows) { input, norm in
      maps.input(input, rows: rows, into: work.triple)
      maps.attention(work.triple, segments: segments, into: work.context)
      maps.output(work.context, rows: rows, addedTo: work.states, norm: norm, scratch: work.branch)
    }
    work.subLayer(layer.afterFeedForward, rows) { input, norm in
      maps.first(input, rows: rows, into: work.hidden, activation: layer.feedForward.activation)
      maps.second(work.hidden, rows: rows, addedTo: work.states, norm: norm, scratch: work.branch)
    }
  }
}

/// The buffers that all layers of a stack share.
final class TransformerStepWork {
  let states, normalized, triple, query, context, branch, hidden, scratch: RowBuffer

  init(channels: Int, hidden: Int) {
    states = RowBuffer(columns: channels)
    normalized = RowBuffer(columns: channels)
    triple = RowBuffer(columns: 3 * channels)
    query = RowBuffer(columns: channels)
    context = RowBuffer(columns: channels)
    branch = RowBuffer(columns: channels)
    self.hidden = RowBuffer(columns: hidden, isSpaced: true)
    scratch = RowBuffer(columns: 64)
  }

  /// Makes room for rows.
  func reserve(_ rows: Int) {
    for buffer in [states, normalized, triple, query, context, branch, hidden] {
      buffer.reserve(rows)
    }
  }

  /// Runs a sub-layer on the states, or on their normalisation; `body` adds to the states and applies the norm it is given.
  func subLayer(
    _ connection: ResidualConnection, _ rows: Int,
    _ body: (_ input: RowBuffer, _ norm: LayerNorm?) -> Void
  ) {
    if connection.normalizesBefore {
      connection.norm(states, rows: rows, into: normalized)
      body(normalized, nil)
    } else {
      body(states, connection.norm)
    }
  }
}
