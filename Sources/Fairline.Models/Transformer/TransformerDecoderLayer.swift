import FairlineTensor

/// One layer of the decoder: causal self-attention, or a recurrence in its place, attention over
/// the source where there is one, then a feed-forward network.
struct TransformerDecoderLayer: Sendable {
  /// The causal self-attention; nil where a recurrence takes its place.
  let attention: MultiHeadAttention?
  /// The recurrence; nil where there is attention.
  let recurrence: SimpleRecurrentUnit?
  /// The attention over the encoder's states; nil without a source.
  let sourceAttention: MultiHeadAttention?
  /// The feed-forward network.
  let feedForward: FeedForward
  let afterAttention: ResidualConnection
  let afterSourceAttention: ResidualConnection?
  let afterFeedForward: ResidualConnection

  /// Makes the layer with fairseq's parameter names.
  ///
  /// - Parameter memoryChannels: channels of the encoder's states; nil without a source.
  init(
    _ space: ParameterSpace, _ settings: TransformerLayerSettings, memoryChannels: Int?
  ) {
    switch settings.selfLayer {
    case .attention:
      attention = MultiHeadAttention(
        space.part("self_attn"), channels: settings.channels, heads: settings.heads,
        dropout: settings.attentionDropout)
      recurrence = nil
      afterAttention = ResidualConnection(space.part("self_attn_layer_norm"), settings)
    case .ssru:
      attention = nil
      recurrence = SimpleRecurrentUnit(space.part("self_ssru"), channels: settings.channels)
      afterAttention = ResidualConnection(space.part("self_ssru_layer_norm"), settings)
    }
    sourceAttention = memoryChannels.map {
      MultiHeadAttention(
        space.part("encoder_attn"), channels: settings.channels, heads: settings.heads,
        memoryChannels: $0, dropout: settings.attentionDropout)
    }
    afterSourceAttention =
      memoryChannels == nil
      ? nil : ResidualConnection(space.part("encoder_attn_layer_norm"), settings)
    feedForward = FeedForward(
      space, channels: settings.channels, hidden: settings.hidden,
      activation: settings.activation, activationDropout: settings.activationDropout)
    afterFeedForward = ResidualConnection(space.part("final_layer_norm"), settings)
  }

  /// Applies the layer.
  ///
  /// - Parameters:
  ///   - x: `[target, channel]`
  ///   - memory: the encoder's states; nil without a source. `[source, channel]`
  ///   - joint: where self-attention sees the source's states too.
  ///   - isCausal: whether symbols see only those before them.
  ///   - weights: receives the attention over the source when given.
  ///   - look: receives the attention over the source, and what attends.
  /// - Returns: `[target, channel]`
  func callAsFunction(
    _ x: Tensor, segments: Segments, memory: Tensor?, memorySegments: Segments?,
    joint: JointRows? = nil, isCausal: Bool = true, weights: AttentionWeights? = nil,
    look: ((MultiHeadAttention, Tensor) -> Void)? = nil, _ pass: ForwardPass
  ) -> Tensor {
    var states = afterAttention(x, pass) {
      if let recurrence {
        precondition(isCausal, "a recurrence reads in one direction")
        return recurrence($0, segments: segments, pass)
      }
      guard let attention else { preconditionFailure("a layer looks back in one way") }
      guard let joint, let memory else {
        return attention($0, segments: segments, isCausal: isCausal, pass)
      }
      return joint.attend(attention, from: $0, to: memory, pass)
    }
    if let sourceAttention, let afterSourceAttention {
      guard let memory, let memorySegments else {
        preconditionFailure("a decoder that reads a source needs its states")
      }
      states = afterSourceAttention(states, pass) {
        look?(sourceAttention, $0)
        return sourceAttention(
          $0, segments: segments, memory: memory, memorySegments: memorySegments,
          weights: weights, pass)
      }
    }
    return afterFeedForward(states, pass) { feedForward($0, pass) }
  }
}
