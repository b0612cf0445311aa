public import FairlineTensor

/// The decoder's stack of layers, with a source or without one.
public struct TransformerDecoder: Sendable {
  /// What comes before the layers.
  package let embedding: TokenEmbedding
  /// The layers.
  let layers: [TransformerDecoderLayer]
  /// Whether self-attention sees the source's states too.
  let joinsSource: Bool
  /// The normalisation after the last layer, with pre-norm only.
  let norm: LayerNorm?
  /// The map from the stack's channels to the output projection's, where they differ.
  let outputProjection: Linear?
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
  ///   - readsSource: whether there is an encoder.
  ///   - normalizesLast: whether a stack with pre-norm normalises after its last layer.
  public init(
    _ space: ParameterSpace, table: Embedding, maximumLength: Int,
    _ c: TransformerSettings, readsSource: Bool = true, normalizesLast: Bool = true
  ) {
    self.init(
      space, .plain(table), maximumLength: maximumLength, c, readsSource: readsSource,
      normalizesLast: normalizesLast)
  }

  init(
    _ space: ParameterSpace, _ symbols: SymbolVectors, maximumLength: Int,
    _ c: TransformerSettings, readsSource: Bool = true, normalizesLast: Bool = true
  ) {
    let settings = TransformerLayerSettings.decoder(c)
    let channels = c.decoderChannels
    (self.channels, hidden) = (channels, settings.hidden)
    func project(_ name: String, _ inputs: Int, _ outputs: Int) -> Linear? {
      inputs == outputs
        ? nil
        : Linear(
          space.part(name), inputs: inputs, outputs: outputs, hasBias: false,
          weight: .xavierUniform())
    }
    let mapped = symbols.mapped { project("project_in_dim", $0, channels) }
    embedding = TokenEmbedding(
      space, mapped, channels: channels, learnedPositions: c.decoderLearnedPos,
      maximumLength: maximumLength, c)
    let attendsToSource = readsSource && !c.noCrossAttention
    joinsSource = readsSource && c.crossSelfAttention
    layers = c.keptDecoderLayers.map {
      TransformerDecoderLayer(
        space.part("layers.\($0)"), settings,
        memoryChannels: attendsToSource ? c.encoderEmbedDim : nil)
    }
    norm =
      c.decoderNormalizeBefore && normalizesLast
      ? LayerNorm(
        space.part("layer_norm"), channels: channels, epsilon: Float(c.layerNormEps)) : nil
    outputProjection = project("project_out_dim", channels, c.decoderOutputChannels)
    layerDrop = c.decoderLayerdrop
    recomputes = c.checkpointActivations
  }

  /// Looks at what the attention of one layer over the source reads.
  struct SourceProbe {
    /// The layer, counted from 0 among those that are kept.
    let layer: Int
    /// Receives the attention and what attends. `[target, channel]`
    let look: (MultiHeadAttention, Tensor) -> Void
    /// Whether no layer behind it is computed.
    var endsThere = false
  }

  /// Decodes packed prefixes, every place at once.
  ///
  /// - Parameters:
  ///   - input: each target with its end moved to the front.
  ///   - memory: the encoder's states; nil without a source. `[source, channel]`
  ///   - weights: receives the last layer's attention over the source when given.
  ///   - observe: sees the states before the first layer and after each layer. `[target, channel]`
  /// - Returns: states before the output projection. `[target, channel]`
  public func callAsFunction(
    _ input: PackedTokens, memory: Tensor? = nil, memorySegments: Segments? = nil,
    weights: AttentionWeights? = nil, observe: ((Tensor) -> Void)? = nil, _ pass: ForwardPass
  ) -> Tensor {
    self(
      input, memory: memory, memorySegments: memorySegments, weights: weights, observe: observe,
      probe: nil, pass)
  }

  /// The same.
  ///
  /// - Parameters:
  ///   - isCausal: whether symbols see only those before them.
  ///   - probe: looks at one layer on the way.
  func callAsFunction(
    _ input: PackedTokens, memory: Tensor?, memorySegments: Segments?,
    weights: AttentionWeights? = nil, observe: ((Tensor) -> Void)? = nil, isCausal: Bool = true,
    probe: SourceProbe?, _ pass: ForwardPass
  ) -> Tensor {
    let joint =
      joinsSource
      ? memorySegments.map { JointRows(source: $0, target: input.segments) } : nil
    var states = embedding(input, pass)  // [target, channel]
    observe?(states)
    for (index, layer) in layers.enumerated() where !pass.leavesOut(layerDrop) {
      let receiver = index == layers.count - 1 ? weights : nil
      let inputs = [states] + [memory].compactMap(\.self)
      let looked = probe?.layer == index ? probe : nil
      states = pass.computed(inputs, again: recomputes && receiver == nil && looked == nil) {
        layer(
          $0[0], segments: input.segments, memory: $0.count > 1 ? $0[1] : nil,
          memorySegments: memorySegments, joint: joint, isCausal: isCausal, weights: receiver,
          look: looked?.look, $1)
      }
      observe?(states)
      if looked?.endsThere == true { return states }
    }
    if let norm { states = norm(states, pass) }
    return outputProjection.map { $0(states, pass) } ?? states
  }
}
