public import FairlineTensor

/// The encoder's stack of layers.
public struct TransformerEncoder: Sendable {
  /// What comes before the layers.
  package let embedding: TokenEmbedding
  /// The layers.
  let layers: [TransformerEncoderLayer]
  /// The normalisation after the last layer, with pre-norm only.
  let norm: LayerNorm?
  /// Channels of the residual stream.
  let channels: Int
  /// Inner channels of the feed-forward networks.
  let hidden: Int
  /// The probability of leaving out a layer in training.
  let layerDrop: Double
  /// Whether layers are computed again on the way back.
  let recomputes: Bool

  /// Makes the stack with fairseq's parameter names.
  ///
  /// - Parameters:
  ///   - table: the table of symbols, which may be shared.
  ///   - maximumLength: the longest sentence.
  public init(
    _ space: ParameterSpace, table: Embedding, maximumLength: Int,
    _ c: TransformerSettings
  ) {
    let settings = TransformerLayerSettings.encoder(c)
    (channels, hidden) = (settings.channels, settings.hidden)
    embedding = TokenEmbedding(
      space, table: table, channels: c.encoderEmbedDim, learnedPositions: c.encoderLearnedPos,
      maximumLength: maximumLength, c)
    layers = c.keptEncoderLayers.map {
      TransformerEncoderLayer(space.part("layers.\($0)"), settings)
    }
    norm =
      c.encoderNormalizeBefore
      ? LayerNorm(
        space.part("layer_norm"), channels: c.encoderEmbedDim, epsilon: Float(c.layerNormEps))
      : nil
    layerDrop = c.encoderLayerdrop
    recomputes = c.checkpointActivations
  }

  /// Encodes packed sentences.
  ///
  /// - Parameter observe: sees the states after the embedding and after each layer. `[source,
  ///   channel]`
  /// - Returns: `[source, channel]`
  public func callAsFunction(
    _ source: PackedTokens, observe: ((Tensor) -> Void)? = nil, _ pass: ForwardPass
  ) -> Tensor {
    var states = embedding(source, pass)  // [source, channel]
    observe?(states)
    for layer in layers where !pass.leavesOut(layerDrop) {
      states = pass.computed([states], again: recomputes) {
        layer($0[0], segments: source.segments, $1)
      }
      observe?(states)
    }
    return norm.map { $0(states, pass) } ?? states
  }
}

extension ForwardPass {
  /// Whether layer drop leaves out the layer at this place.
  func leavesOut(_ probability: Double) -> Bool {
    isTraining && probability > 0 && random.uniform() <= probability
  }
}
