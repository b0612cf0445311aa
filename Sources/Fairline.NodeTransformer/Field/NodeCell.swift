import Fairline
import FairlineModels
import FairlineTensor

/// The weights of one piece of depth, and the vector field that they make.
struct NodeCell: Sendable {
  /// One attention or feed-forward network with its normalisation.
  struct SubLayer<Map: Sendable>: Sendable {
    let map: Map
    let norm: LayerNorm
  }

  /// The self-attention; nil where it stays out of the solve.
  let attention: SubLayer<MultiHeadAttention>?
  /// The attention over the encoder's states; nil in the encoder.
  let sourceAttention: SubLayer<MultiHeadAttention>?
  /// The feed-forward network.
  let feedForward: SubLayer<FeedForward>
  /// The direction in which time moves what a residual field reads. `[channel]`
  let timeShift: Parameter?
  /// The learned scale of the field. `[channel]`
  let scale: Parameter?
  let shape: NodeCellShape

  /// Makes the weights, under the names of a classic layer.
  init(_ space: ParameterSpace, _ shape: NodeCellShape) {
    self.shape = shape
    let layer = shape.layer
    let width = shape.innerChannels
    func part(_ name: String, memory: Int?) -> SubLayer<MultiHeadAttention> {
      SubLayer(
        map: MultiHeadAttention(
          space.part(name), channels: width, heads: layer.heads, memoryChannels: memory,
          dropout: layer.attentionDropout),
        norm: LayerNorm(space.part(name + "_layer_norm"), channels: width))
    }
    attention = shape.attendsToSelf ? part("self_attn", memory: nil) : nil
    sourceAttention = shape.memoryChannels.map { part("encoder_attn", memory: $0) }
    let network = FeedForward(
      space, channels: width, hidden: layer.hidden, outputs: layer.channels,
      activation: layer.activation, activationDropout: layer.activationDropout)
    feedForward = SubLayer(
      map: network,
      norm: LayerNorm(
        space.part("final_layer_norm"),
        channels: shape.normalizesBefore ? width : layer.channels))
    timeShift =
      shape.readsTime && shape.form == .preNorm
      ? space.parameter("time_shift", [layer.channels], .constant(0)) : nil
    scale = shape.scaleStart.map {
      space.parameter("field_scale", [layer.channels], .constant(Float($0)))
    }
  }

  /// Every parameter, in the order they were made.
  var parameters: [Parameter] {
    var all: [Parameter] = []
    func add(_ norm: LayerNorm) { all += [norm.scale, norm.shift] }
    for part in [attention, sourceAttention].compactMap(\.self) {
      let map = part.map
      all += [map.input.weight, map.input.bias]
      if let memory = map.memory { all += [memory.weight, memory.bias] }
      all += [map.output.weight, map.output.bias].compactMap(\.self)
      add(part.norm)
    }
    for linear in [feedForward.map.first, feedForward.map.second] {
      all += [linear.weight, linear.bias].compactMap(\.self)
    }
    add(feedForward.norm)
    return all + [timeShift, scale].compactMap(\.self)
  }
}

/// What the cells of a NODE layer have in common.
struct NodeCellShape: Sendable {
  /// Channels, heads, dropout and activation, as a classic layer has them.
  var layer: TransformerLayerSettings
  var form: NodeFieldForm
  /// Whether the self-attention is part of the field.
  var attendsToSelf = true
  /// Whether the self-attention sees earlier places only.
  var isCausal = false
  /// Channels of the encoder's states, in the decoder.
  var memoryChannels: Int?
  var readsTime = false
  /// What the learned scale starts from; nil without one.
  var scaleStart: Double?

  /// Whether sub-layers are normalised before instead of after.
  var normalizesBefore: Bool { form == .preNorm || layer.normalizesBefore }

  /// Channels of the sub-layers: a composition reads the time in one more channel for each head.
  var innerChannels: Int {
    layer.channels + (form == .postNorm && readsTime ? layer.heads : 0)
  }
}
