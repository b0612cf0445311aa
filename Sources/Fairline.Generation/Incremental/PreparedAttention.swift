public import FairlineTensor

/// The maps of an attention, packed once and shared by all decoders.
public struct PreparedAttention: Sendable {
  /// Queries, keys and values of self-attention; queries of attention over the source.
  let input: InferenceLinear
  /// Keys and values of attention over the source.
  let memory: InferenceLinear?
  /// The map of the concatenated heads.
  let output: InferenceLinear
  let steps: StepAttention
  private let sentences: SentenceAttention
  /// Keys and values are rounded where weights are: caches are most of what a step reads.
  let cachePrecision: AttentionCache.Precision

  /// Packs the maps of a layer.
  public init(_ layer: MultiHeadAttention, _ weights: InferenceWeights) {
    input = weights.linear(layer.input.weight, bias: layer.input.bias)
    memory = layer.memory.map { weights.linear($0.weight, bias: $0.bias) }
    output = weights.linear(layer.output)
    steps = StepAttention(heads: layer.heads, channels: layer.channels)
    sentences = SentenceAttention(heads: layer.heads, channels: layer.channels)
    cachePrecision = weights.precision == .float32 ? .float32 : .float16
  }

  /// Bytes of the weights that every step reads.
  var byteCount: Int { input.byteCount + output.byteCount }

  /// Adds self-attention of packed sentences to states, as encoders do, normalised afterwards when
  /// a norm is given.
  ///
  /// - Parameters:
  ///   - x: what attends. `[token, channel]`
  ///   - states: `[token, channel]`
  public func add(
    _ x: RowBuffer, segments: Segments, to states: RowBuffer, norm: LayerNorm?, _ work: StepWork
  ) {
    let rows = segments.tokenCount
    for buffer in [work.triple, work.context, work.branch] { buffer.reserve(rows) }
    input(x, rows: rows, into: work.triple)
    sentences(work.triple, segments: segments, into: work.context)
    output(work.context, rows: rows, addedTo: states, norm: norm, scratch: work.branch)
  }
}
