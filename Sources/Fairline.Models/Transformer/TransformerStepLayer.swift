import FairlineTensor

/// A decoder layer prepared for single steps: its caches and its maps, without a tape.
final class TransformerStepLayer {
  /// Keys and values of all prefixes so far.
  private let cache: AttentionCache
  /// Keys and values of the sources.
  private let memory: AttentionCache
  private let layer: TransformerDecoderLayer
  private let attention: StepAttention
  private let maps: TransformerStepMaps

  init(_ layer: TransformerDecoderLayer, _ maps: TransformerStepMaps) {
    self.layer = layer
    self.maps = maps
    let channels = layer.attention.channels
    attention = StepAttention(heads: layer.attention.heads, channels: channels)
    cache = AttentionCache(channels: channels, precision: maps.cachePrecision)
    memory = AttentionCache(channels: channels, precision: maps.cachePrecision)
  }

  /// Computes keys and values of further sources.
  ///
  /// - Parameters:
  ///   - source: the encoder's states. `[source, channel]`
  ///   - places: the row of the cache for each row of `source`.
  ///   - scratch: `[source, 2 channel]`
  func join(_ source: RowBuffer, at places: [Int32], capacity: Int, kept: Int, scratch: RowBuffer) {
    memory.reserve(capacity, keeping: kept)
    maps.memory(source, rows: places.count, into: scratch)
    memory.store(scratch, from: 0, at: places)
  }

  /// Takes every row's states through the layer, in place.
  func run(_ work: TransformerStepWork, _ step: TransformerStep) {
    let rows = step.cells.count
    work.subLayer(layer.afterAttention, rows) { input, norm in
      cache.reserve(step.capacity, keeping: step.kept)
      maps.input(input, rows: rows, into: work.triple)
      cache.store(work.triple, from: work.query.columns, at: step.cells)
      attention(
        work.triple, groups: step.groups, cache: cache, lists: step.prefixes, scratch: work.scratch,
        into: work.context)
      maps.output(
        work.context, rows: rows, addedTo: work.states, norm: norm, scratch: work.branch)
    }
    work.subLayer(layer.afterSourceAttention, rows) { input, norm in
      maps.sourceQuery(input, rows: rows, into: work.query)
      attention(
        work.query, groups: step.groups, cache: memory, lists: step.sources, scratch: work.scratch,
        into: work.context, observe: step.observe)
      maps.sourceOutput(
        work.context, rows: rows, addedTo: work.states, norm: norm, scratch: work.branch)
    }
    work.subLayer(layer.afterFeedForward, rows) { input, norm in
      maps.first(
        input, rows: rows, into: work.hidden, activation: layer.feedForward.activation)
      maps.second(
        work.hidden, rows: rows, addedTo: work.states, norm: norm, scratch: work.branch)
    }
  }
}

/// Which cached rows each row of a step sees.
struct TransformerStep {
  /// The cached row of each row's own keys and values.
  var cells: [Int32] = []
  /// Where the rows of each sentence begin, and the number of rows.
  var groups: [Int] = []
  /// Rows that the caches need to have.
  var capacity = 0
  /// Rows of the caches that may hold something.
  var kept = 0
  /// For each row, the cached rows of its prefix, itself included.
  var prefixes = RowLists()
  /// For each row, the cached rows of its source.
  var sources = RowLists()
  var observe: ((Int, [Float]) -> Void)?
}

/// The affine maps of a decoder layer, packed once for all batches.
struct TransformerStepMaps: Sendable {
  let input, output: InferenceLinear
  let sourceQuery, memory, sourceOutput: InferenceLinear
  let first, second: InferenceLinear
  /// Keys and values are rounded where activations are: caches are most of what a step reads.
  let cachePrecision: AttentionCache.Precision

  init(_ layer: TransformerDecoderLayer, _ weights: InferenceWeights) {
    func map(_ projection: MultiHeadAttention.Projection) -> InferenceLinear {
      weights.linear(projection.weight, bias: projection.bias)
    }
    guard let memory = layer.sourceAttention.memory else {
      preconditionFailure("a decoder layer attends to a memory")
    }
    input = map(layer.attention.input)
    output = weights.linear(layer.attention.output)
    sourceQuery = map(layer.sourceAttention.input)
    self.memory = map(memory)
    sourceOutput = weights.linear(layer.sourceAttention.output)
    first = weights.linear(layer.feedForward.first)
    second = weights.linear(layer.feedForward.second)
    cachePrecision = weights.precision == .float32 ? .float32 : .float16
  }
  /// Bytes of the weights that every step reads: all but those of the sources' keys and values.
  var byteCount: Int {
    [input, output, sourceQuery, sourceOutput, first, second].reduce(0) { $0 + $1.byteCount }
  }
}
