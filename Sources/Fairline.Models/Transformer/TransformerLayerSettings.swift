public import FairlineTensor

/// How a decoder's layers look at the symbols before the present one.
public enum DecoderSelfLayer: String, CaseIterable, Codable, Sendable {
  /// By self-attention.
  case attention
  /// By a simpler simple recurrent unit (Kim and others 2019, "From Research to Production and
  /// Back"), which keeps one vector of a prefix.
  case ssru
}

/// What the layers of one stack have in common.
public struct TransformerLayerSettings: Sendable {
  /// Channels of the residual stream.
  public var channels: Int
  /// Hidden channels of the feed-forward network.
  public var hidden: Int
  /// Attention heads.
  public var heads: Int
  /// Whether normalisation comes before each sub-layer.
  public var normalizesBefore: Bool
  /// Dropout of each sub-layer's result.
  public var dropout: Double
  /// Dropout of attention weights.
  public var attentionDropout: Double
  /// Dropout inside the feed-forward network.
  public var activationDropout: Double
  /// The feed-forward network's function.
  public var activation: Activation
  /// What normalisations add to the variance.
  public var epsilon: Float = 1e-5
  /// How the layers of a decoder look at their prefix.
  public var selfLayer = DecoderSelfLayer.attention

  /// The settings of the encoder's layers.
  public static func encoder(_ c: TransformerSettings) -> Self {
    Self(
      channels: c.encoderEmbedDim, hidden: c.encoderFfnEmbedDim, heads: c.encoderAttentionHeads,
      normalizesBefore: c.encoderNormalizeBefore, dropout: c.dropout,
      attentionDropout: c.attentionDropout, activationDropout: c.activationDropout,
      activation: c.activationFn, epsilon: Float(c.layerNormEps))
  }

  /// The settings of the decoder's layers.
  public static func decoder(_ c: TransformerSettings) -> Self {
    Self(
      channels: c.decoderChannels, hidden: c.decoderHidden, heads: c.decoderAttentionHeads,
      normalizesBefore: c.decoderNormalizeBefore, dropout: c.dropout,
      attentionDropout: c.attentionDropout, activationDropout: c.activationDropout,
      activation: c.activationFn, epsilon: Float(c.layerNormEps),
      selfLayer: c.decoderSelfLayer)
  }
}

/// A sub-layer with its residual connection and normalisation, before or after.
struct ResidualConnection: Sendable {
  let norm: LayerNorm
  let normalizesBefore: Bool
  let dropout: Double

  init(_ space: ParameterSpace, _ settings: TransformerLayerSettings) {
    norm = LayerNorm(space, channels: settings.channels, epsilon: settings.epsilon)
    normalizesBefore = settings.normalizesBefore
    dropout = settings.dropout
  }

  /// Applies a sub-layer to states `[token, channel]`.
  func callAsFunction(
    _ x: Tensor, _ pass: ForwardPass, _ sublayer: (Tensor) -> Branch
  ) -> Tensor {
    if normalizesBefore {
      return sublayer(norm(x, pass)).added(to: x, dropout: dropout, pass)
    }
    return sublayer(x).added(to: x, normalizedBy: norm, dropout: dropout, pass)
  }
}
