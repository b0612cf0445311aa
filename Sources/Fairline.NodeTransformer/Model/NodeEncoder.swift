import Fairline
import FairlineModels
import FairlineTensor

/// An encoder whose layers are solves.
struct NodeEncoder: Sendable {
  let embedding: TokenEmbedding
  let layers: [NodeLayer]
  let norm: LayerNorm?
  let augmentation: Augmentation?

  init(
    _ space: ParameterSpace, table: Embedding, maximumLength: Int, _ c: TransformerConfiguration,
    _ node: NodeSettings
  ) throws {
    embedding = TokenEmbedding(
      space, table: table, channels: c.encoderEmbedDim, learnedPositions: c.encoderLearnedPos,
      maximumLength: maximumLength, c)
    let shape = NodeCellShape(encoder: c, node)
    layers = try (0..<c.encoderLayers).map {
      try NodeLayer(space.part("layers.\($0)"), name: "encoder.layers.\($0)", shape, node)
    }
    norm =
      shape.normalizesBefore
      ? LayerNorm(space.part("layer_norm"), channels: shape.layer.channels) : nil
    let extra = shape.layer.channels - c.encoderEmbedDim
    augmentation =
      extra > 0
      ? Augmentation(space, channels: c.encoderEmbedDim, extraChannels: extra) : nil
  }

  /// Encodes packed sentences.
  ///
  /// - Returns: `[source, channel]`
  func callAsFunction(
    _ source: PackedTokens, _ scheme: SolveScheme, _ pass: ForwardPass
  ) -> Tensor {
    var states = embedding(source, pass)  // [source, channel]
    if let augmentation { states = augmentation.widen(states) }
    let around = NodeSurroundings(segments: source.segments)
    for layer in layers { states = layer(states, around, scheme, pass) }
    if let norm { states = norm(states, pass) }
    return augmentation?.narrow(states, pass) ?? states
  }
}

extension NodeCellShape {
  /// The cells of an encoder, wide enough for its augmentation.
  init(encoder c: TransformerConfiguration, _ node: NodeSettings) {
    layer = .encoder(c)
    layer.channels += node.nodeAugmentDims * layer.heads
    form = node.nodeField
    readsTime = node.nodeTimeDependent
    scaleStart = node.nodeLearnScale ? node.nodeScaleStart : nil
  }

  /// The cells of a decoder, wide enough for its augmentation.
  init(decoder c: TransformerConfiguration, _ node: NodeSettings) {
    layer = .decoder(c)
    layer.channels += node.nodeAugmentDims * layer.heads
    form = node.nodeField
    readsTime = node.nodeTimeDependent
    scaleStart = node.nodeLearnScale ? node.nodeScaleStart : nil
    attendsToSelf = !node.nodeSeparatedDecoder
    isCausal = true
    memoryChannels = c.encoderEmbedDim
  }
}
