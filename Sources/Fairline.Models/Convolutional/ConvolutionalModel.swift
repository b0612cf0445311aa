public import Fairline
public import FairlineTensor

/// A convolutional encoder-decoder with fairseq's options and parameter names (Gehring and others
/// 2017, "Convolutional sequence to sequence learning").
public final class ConvolutionalModel: Model {
  let encoder, decoder: ConvolutionalStack
  /// From the encoder's last layer to the channels of embeddings.
  let encoderMap: NormalizedLinear
  /// The attention of each decoder layer; nil for none.
  let attention: [ConvolutionalAttention?]
  /// From the decoder's last layer to the output projection's channels.
  let decoderMap: NormalizedLinear
  let output: ConvolutionalOutput
  /// All parameters.
  public let parameters: ParameterSet
  /// The longest source and target, ends included.
  public let maximumPositions: (source: Int, target: Int)

  /// The data set version that fairseq's files note is left out.
  public var fileNames: NameMap { .fairseqConvolutional }

  /// Makes a model with freshly drawn parameters.
  ///
  /// - Parameter values: what the parameters hold at first.
  /// - Throws: `UserError` when the settings contradict each other or the task.
  public init(
    _ configuration: ConvolutionalSettings, for task: TaskDescription, seed: UInt64 = 1,
    values: ParameterSpace.FirstValues = .drawn
  ) throws {
    try configuration.check(for: task)
    let c = configuration
    let space = ParameterSpace(seed: seed, values: values)
    let (left, right) = (space.part("encoder"), space.part("decoder"))
    encoder = ConvolutionalStack(
      left, symbols: task.sourceSymbols, channels: c.encoderEmbedDim,
      places: task.maximumSourcePositions, c.encoderLayers, dropout: c.dropout)
    encoderMap = NormalizedLinear(
      left.part("fc2"), inputs: encoder.outputs, outputs: c.encoderEmbedDim)
    decoder = ConvolutionalStack(
      right, symbols: task.targetSymbols, channels: c.decoderEmbedDim,
      places: task.maximumTargetPositions, c.decoderLayers, dropout: c.dropout)
    let flags = c.decoderAttention.flags(of: c.decoderLayers.layers.count) ?? []
    attention = zip(flags, c.decoderLayers.layers).enumerated().map { place, pair in
      pair.0
        ? ConvolutionalAttention(
          right.part("attention.\(place)"), channels: pair.1.channels,
          embedding: c.decoderEmbedDim) : nil
    }
    decoderMap = NormalizedLinear(
      right.part("fc2"), inputs: decoder.outputs, outputs: c.decoderOutEmbedDim)
    output = ConvolutionalOutput(
      right, decoder.table, symbols: task.targetSymbols, channels: c.decoderOutEmbedDim,
      isShared: c.shareInputOutputEmbed, dropout: c.dropout)
    parameters = ParameterSet(space)
    // Places are counted from behind the padding's row, as fairseq does.
    let reserved = Positions.paddingIndex + 1
    maximumPositions = (
      task.maximumSourcePositions - reserved, task.maximumTargetPositions - reserved
    )
  }

  /// Yes.
  public var computesSentencesApart: Bool { true }

  /// The weights that directions and lengths stand for, in the shapes of the directions, by the
  /// names of the weights.
  package var effectiveWeights: [String: Tensor] {
    var layers: [any NormalizedLayer] = [encoderMap, decoderMap]
    for stack in [encoder, decoder] {
      layers.append(stack.first)
      layers += stack.layers.map(\.convolution)
      layers += stack.layers.compactMap(\.projection)
    }
    layers += attention.compactMap(\.self).flatMap { [$0.input, $0.output] }
    layers += [output.normalized].compactMap(\.self)
    let pairs = layers.map { layer in
      let matrix = layer.matrix(ForwardPass.evaluation())
      let isFlat = layer.direction.shape.rank == 2
      return (
        layer.direction.name.replacing("weight_v", with: "weight"),
        (isFlat ? matrix : matrix.transposed()).reshaped(to: layer.direction.shape)
      )
    }
    return Dictionary(pairs) { first, _ in first }
  }

  /// Layers that attend to the source.
  var attendingCount: Int { attention.count { $0 != nil } }

  /// What decoders attend to: keys, and values, which hold the embeddings too. Each
  /// `[source, channel]`
  package func encode(
    _ source: PackedTokens, _ pass: ForwardPass
  ) -> (keys: Tensor, values: Tensor) {
    let embedded = encoder.embed(source, pass)
    let states = encoder(embedded, source.segments, before: { ($0 - 1) / 2 }, pass)
    let keys = encoderMap(states, pass).gradientScaled(
      by: 1 / Float(2 * max(attendingCount, 1)), pass)
    return (keys, keys.averaged(with: embedded))
  }

  /// Predicts every target symbol from the source and the symbols before it.
  public func callAsFunction(_ batch: Batch, _ pass: ForwardPass) -> ModelOutput {
    let (keys, values) = encode(batch.source, pass)
    let embedded = decoder.embed(batch.decoderInput, pass)
    let segments = batch.decoderInput.segments
    var shown: [AttentionWeights] = []
    let states = decoder(embedded, segments, before: { $0 - 1 }, pass) { place, x in
      guard let attention = attention[place] else { return x }
      let weights = pass.isTraining ? nil : AttentionWeights()
      if let weights { shown.append(weights) }
      return attention(
        x, embedded, segments, keys: keys, values: values, batch.source.segments, weights, pass)
    }
    let mapped = decoderMap(states, pass).droppedOut(pass.dropout(decoder.dropout))
    return ModelOutput(
      states: mapped, projection: output.weight(pass), bias: pass.value(of: output.bias),
      attention: Self.mean(shown))
  }

  private static func mean(_ all: [AttentionWeights]) -> AttentionWeights? {
    guard let first = all.first else { return nil }
    return AttentionWeights(
      first.sequences.indices.map { row in
        all.dropFirst().reduce(first.sequences[row]) { $0 + $1.sequences[row] } / Float(all.count)
      })
  }
}
