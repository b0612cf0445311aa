import FairlineTensor

/// One layer of the decoder: causal self-attention, attention over the source, then a feed-forward
/// network.
struct TransformerDecoderLayer: Sendable {
  /// The causal self-attention.
  let attention: MultiHeadAttention
  /// The attention over the encoder's states.
  let sourceAttention: MultiHeadAttention
  /// The feed-forward network.
  let feedForward: FeedForward
  let afterAttention: ResidualConnection
  let afterSourceAttention: ResidualConnection
  let afterFeedForward: ResidualConnection

  /// Makes the layer with fairseq's parameter names.
  init(
    _ space: ParameterSpace, _ settings: TransformerLayerSettings, memoryChannels: Int
  ) {
    attention = MultiHeadAttention(
      space.part("self_attn"), channels: settings.channels, heads: settings.heads,
      dropout: settings.attentionDropout)
    afterAttention = ResidualConnection(space.part("self_attn_layer_norm"), settings)
    sourceAttention = MultiHeadAttention(
      space.part("encoder_attn"), channels: settings.channels, heads: settings.heads,
      memoryChannels: memoryChannels, dropout: settings.attentionDropout)
    afterSourceAttention = ResidualConnection(space.part("encoder_attn_layer_norm"), settings)
    feedForward = FeedForward(
      space, channels: settings.channels, hidden: settings.hidden,
      activation: settings.activation, activationDropout: settings.activationDropout)
    afterFeedForward = ResidualConnection(space.part("final_layer_norm"), settings)
  }

  /// Applies the layer.
  ///
  /// - Parameters:
  ///   - x: `[target, channel]`
  ///   - memory: the encoder's states. `[source, channel]`
  ///   - weights: receives the attention over the source when given.
  /// - Returns: `[target, channel]`
  func callAsFunction(
    _ x: Tensor, segments: Segments, memory: Tensor, memorySegments: Segments,
    weights: AttentionWeights? = nil, _ pass: ForwardPass
  ) -> Tensor {
    let own = afterAttention(x, pass) {
      attention($0, segments: segments, isCausal: true, pass)
    }
    let attended = afterSourceAttention(own, pass) {
      sourceAttention(
        $0, segments: segments, memory: memory, memorySegments: memorySegments,
        weights: weights, pass)
    }
    return afterFeedForward(attended, pass) { feedForward($0, pass) }
  }
}
