import FairlineTensor

/// A decoder layer prepared for single steps: its caches and its maps, without a tape.
final class TransformerStepLayer {
  /// Keys and values of all prefixes so far. `[cached row, 2 channel]`
  let cache: RowBuffer
  /// Keys and values of the source. `[source, 2 channel]`
  private let memory: RowBuffer
  private let layer: TransformerDecoderLayer
  private let attention: StepAttention
  private let maps: TransformerStepMaps

  /// Prepares a layer for source sentences.
  ///
  /// - Parameter source: the encoder's states. `[source, channel]`
  init(
    _ layer: TransformerDecoderLayer, _ maps: TransformerStepMaps, source: RowBuffer, rows: Int
  ) {
    self.layer = layer
    self.maps = maps
    let channels = layer.attention.channels
    attention = StepAttention(heads: layer.attention.heads, channels: channels)
    cache = RowBuffer(columns: 2 * channels)
    memory = RowBuffer(columns: 2 * channels, capacity: rows)
    maps.memory(source, rows: rows, into: memory)
  }

  /// Takes every row's states through the layer, in place.
  func run(_ work: TransformerStepWork, _ step: TransformerStep) {
    let rows = step.rows
    subLayer(layer.afterAttention, work, rows) { input, norm in
      cache.reserve(step.firstCached + rows, keeping: step.firstCached)
      maps.query(input, rows: rows, into: work.query)
      maps.keyValue(input, rows: rows, into: cache, at: step.firstCached)
      attention(
        work.query, rows: rows, cache: cache, visible: step.prefix, stride: step.prefixStride,
        counts: step.prefixCounts, into: work.context)
      maps.output(
        work.context, rows: rows, addedTo: work.states, norm: norm, scratch: work.branch)
    }
    subLayer(layer.afterSourceAttention, work, rows) { input, norm in
      maps.sourceQuery(input, rows: rows, into: work.query)
      attention(
        work.query, rows: rows, cache: memory, visible: step.source, stride: step.sourceStride,
        counts: step.sourceCounts, into: work.context, observe: step.observe)
      maps.sourceOutput(
        work.context, rows: rows, addedTo: work.states, norm: norm, scratch: work.branch)
    }
    subLayer(layer.afterFeedForward, work, rows) { input, norm in
      maps.first(
        input, rows: rows, into: work.hidden, activation: layer.feedForward.activation)
      maps.second(
        work.hidden, rows: rows, addedTo: work.states, norm: norm, scratch: work.branch)
    }
  }

  private func subLayer(
    _ connection: ResidualConnection, _ work: TransformerStepWork, _ rows: Int,
    _ body: (_ input: RowBuffer, _ norm: LayerNorm?) -> Void
  ) {
    if connection.normalizesBefore {
      connection.norm(work.states, rows: rows, into: work.normalized)
      body(work.normalized, nil)
    } else {
      body(work.states, connection.norm)
    }
  }
}

/// Which cached rows each row of a step sees.
struct TransformerStep {
  var rows = 0
  /// Where this step's keys and values go in the caches.
  var firstCached = 0
  var prefix: [Int32] = []
  var prefixStride = 1
  var prefixCounts: [Int32] = []
  var source: [Int32] = []
  var sourceStride = 1
  var sourceCounts: [Int32] = []
  var observe: ((Int, [Float]) -> Void)?
}

/// The buffers that all layers of a step share.
final class TransformerStepWork {
  let states, normalized, query, context, branch, hidden: RowBuffer

  init(channels: Int, hidden: Int, rows: Int) {
    func buffer(_ columns: Int) -> RowBuffer { RowBuffer(columns: columns, capacity: rows) }
    states = buffer(channels)
    normalized = buffer(channels)
    query = buffer(channels)
    context = buffer(channels)
    branch = buffer(channels)
    self.hidden = buffer(hidden)
  }
}

/// The affine maps of a decoder layer, packed once for all batches.
struct TransformerStepMaps: Sendable {
  let query, keyValue, output: InferenceLinear
  let sourceQuery, memory, sourceOutput: InferenceLinear
  let first, second: InferenceLinear

  init(_ layer: TransformerDecoderLayer) {
    func map(_ linear: Linear) -> InferenceLinear {
      InferenceLinear(weight: linear.weight.value, bias: linear.bias?.value)
    }
    func map(
      _ projection: MultiHeadAttention.Projection, _ rows: Range<Int>
    ) -> InferenceLinear {
      InferenceLinear(weight: projection.weight.value, bias: projection.bias.value, rows: rows)
    }
    guard let memory = layer.sourceAttention.memory else {
      preconditionFailure("a decoder layer attends to a memory")
    }
    let channels = layer.attention.channels
    query = map(layer.attention.input, 0..<channels)
    keyValue = map(layer.attention.input, channels..<(3 * channels))
    output = map(layer.attention.output)
    sourceQuery = map(layer.sourceAttention.input, 0..<channels)
    self.memory = map(memory, 0..<(2 * channels))
    sourceOutput = map(layer.sourceAttention.output)
    first = map(layer.feedForward.first)
    second = map(layer.feedForward.second)
  }
}
