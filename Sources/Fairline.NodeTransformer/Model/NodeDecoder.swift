import Fairline
import FairlineModels
import FairlineTensor

/// A decoder whose layers are solves, joint or with the self-attention outside.
struct NodeDecoder: Sendable {
  let stream: NodeStream
  let layers: [NodeLayer]
  /// What separated layers do outside their solves; empty in a joint decoder.
  let separated: [SeparatedAttention]
  let shape: NodeCellShape

  /// Makes the layers.
  ///
  /// - Parameters:
  ///   - readsSource: whether there is an encoder.
  ///   - normalizesLast: whether a stack with pre-norm normalises after its last layer.
  init(
    _ space: ParameterSpace, table: Embedding, maximumLength: Int, _ c: TransformerSettings,
    _ node: NodeSettings, _ gradient: GradientScheme, readsSource: Bool = true,
    normalizesLast: Bool = true
  ) {
    var shape = NodeCellShape(decoder: c, node)
    if !readsSource { shape.memoryChannels = nil }
    self.shape = shape
    let embedding = TokenEmbedding(
      space, table: table, channels: c.decoderChannels, learnedPositions: c.decoderLearnedPos,
      maximumLength: maximumLength, c)
    var separated: [SeparatedAttention] = []
    layers = (0..<c.decoderLayers).map { index in
      let part = space.part("layers.\(index)")
      if !shape.attendsToSelf { separated.append(SeparatedAttention(part, shape, node)) }
      return NodeLayer(part, name: "decoder.layers.\(index)", shape, node, gradient)
    }
    self.separated = separated
    stream = NodeStream(
      space, embedding, channels: c.decoderChannels, shape, normalizesLast: normalizesLast)
  }

  /// Decodes packed prefixes, every place at once.
  ///
  /// - Parameters:
  ///   - input: each target with its end moved to the front.
  ///   - memory: the encoder's states; nil without a source. `[source, channel]`
  ///   - weights: receives the last layer's attention over the source when given.
  /// - Returns: `[target, channel]`
  func callAsFunction(
    _ input: PackedTokens, memory: Tensor? = nil,
    memorySegments: Segments = Segments(lengths: []),
    weights: AttentionWeights? = nil, _ scheme: SolveScheme, _ pass: ForwardPass
  ) -> Tensor {
    var states = stream.begin(input, pass)  // [target, channel]
    var around = NodeSurroundings(
      segments: input.segments, memory: memory, memorySegments: memorySegments)
    for (index, layer) in layers.enumerated() {
      if !separated.isEmpty {
        states = separated[index].before(states, segments: input.segments, pass)
      }
      around.weights = index == layers.count - 1 ? weights : nil
      states = layer(states, around, scheme, pass)
      if !separated.isEmpty { states = separated[index].after(states, pass) }
    }
    return stream.end(states, pass)
  }
}
