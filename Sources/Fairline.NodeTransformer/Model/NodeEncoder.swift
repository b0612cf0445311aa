import Fairline
import FairlineModels
import FairlineTensor

/// An encoder whose layers are solves.
struct NodeEncoder: Sendable {
  let stream: NodeStream
  let layers: [NodeLayer]

  init(
    _ space: ParameterSpace, table: Embedding, maximumLength: Int, _ c: TransformerSettings,
    _ node: NodeSettings, _ gradient: GradientScheme
  ) {
    let shape = NodeCellShape(encoder: c, node)
    let embedding = TokenEmbedding(
      space, table: table, channels: c.encoderEmbedDim, learnedPositions: c.encoderLearnedPos,
      maximumLength: maximumLength, c)
    layers = (0..<c.encoderLayers).map {
      NodeLayer(
        space.part("layers.\($0)"), name: "encoder.layers.\($0)", shape, node, gradient)
    }
    stream = NodeStream(space, embedding, channels: c.encoderEmbedDim, shape)
  }

  /// Encodes packed sentences.
  ///
  /// - Returns: `[source, channel]`
  func callAsFunction(
    _ source: PackedTokens, _ scheme: SolveScheme, _ pass: ForwardPass
  ) -> Tensor {
    var states = stream.begin(source, pass)  // [source, channel]
    let around = NodeSurroundings(segments: source.segments)
    for layer in layers { states = layer(states, around, scheme, pass) }
    return stream.end(states, pass)
  }
}

extension NodeCellShape {
  /// The cells of an encoder, wide enough for its augmentation.
  init(encoder c: TransformerSettings, _ node: NodeSettings) {
    layer = .encoder(c)
    layer.channels += node.nodeAugmentDims * layer.heads
    form = node.nodeField
    readsTime = node.nodeTimeDependent
    scaleStart = node.nodeLearnScale ? node.nodeScaleStart : nil
  }

  /// The cells of a decoder, wide enough for its augmentation.
  init(decoder c: TransformerSettings, _ node: NodeSettings) {
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
