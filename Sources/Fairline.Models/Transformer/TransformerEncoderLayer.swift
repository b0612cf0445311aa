import FairlineTensor

/// One layer of the encoder: self-attention, then a feed-forward network.
struct TransformerEncoderLayer: Sendable {
  /// The self-attention.
  let attention: MultiHeadAttention
  /// The feed-forward network.
  let feedForward: FeedForward
  let afterAttention: ResidualConnection
  let afterFeedForward: ResidualConnection

  /// Makes the layer with fairseq's parameter names.
  init(_ space: ParameterSpace, _ settings: TransformerLayerSettings) {
    attention = MultiHeadAttention(
      space.part("self_attn"), channels: settings.channels, heads: settings.heads,
      dropout: settings.attentionDropout)
    afterAttention = ResidualConnection(space.part("self_attn_layer_norm"), settings)
    feedForward = FeedForward(
      space, channels: settings.channels, hidden: settings.hidden,
      activation: settings.activation, activationDropout: settings.activationDropout)
    afterFeedForward = ResidualConnection(space.part("final_layer_norm"), settings)
  }

  /// Applies the layer.
  ///
  /// - Parameter x: `[source, channel]`
  /// - Returns: `[source, channel]`
  func callAsFunction(_ x: Tensor, segments: Segments, _ pass: ForwardPass) -> Tensor {
    let attended = afterAttention(x, pass) { attention($0, segments: segments, pass) }
    return afterFeedForward(attended, pass) { feedForward($0, pass) }
  }
}
