public import Fairline
public import FairlineGeneration
public import FairlineTensor

/// The way from a decoder's states to symbols: one map to all of them, or an adaptive softmax.
public enum OutputProjection: Sendable {
  /// A map `[vocabulary, channel]` and what is added `[vocabulary]`.
  case full(Parameter, bias: Parameter? = nil)
  /// A map to the most frequent symbols and to bands of rarer ones, and maps to these.
  case adaptive(AdaptiveSoftmax)

  /// Whether probabilities come in bands.
  public var isAdaptive: Bool {
    if case .adaptive = self { true } else { false }
  }

  /// The predictions that states stand for.
  ///
  /// - Parameter states: `[target, channel]`
  public func output(
    _ states: Tensor, attention: AttentionWeights? = nil, _ pass: ForwardPass
  ) -> ModelOutput {
    switch self {
    case .full(let weight, let bias):
      ModelOutput(
        states: states, projection: pass.value(of: weight), bias: bias.map(pass.value(of:)),
        attention: attention)
    case .adaptive(let softmax):
      ModelOutput(states: states, head: softmax(pass), attention: attention)
    }
  }

  /// The same for search, packed.
  ///
  /// - Parameters:
  ///   - map: from the stack's channels to those of the projection, where they differ.
  ///   - norm: the normalisation after the last layer, nil for none.
  public func prepared(
    map: Linear? = nil, norm: LayerNorm? = nil, _ weights: InferenceWeights,
    _ preparation: SearchPreparation
  ) -> PreparedOutput {
    switch self {
    case .full(let weight, let bias):
      PreparedOutput(weight, bias: bias, map: map, norm: norm, weights, preparation)
    case .adaptive(let softmax):
      PreparedOutput(softmax, map: map, norm: norm, weights, preparation)
    }
  }
}

extension OutputProjection {
  /// A map with fairseq's name in the Transformer's decoder.
  ///
  /// - Parameter table: what it is, where it is shared with embeddings. `[vocabulary, channel]`
  public static func full(
    _ decoder: ParameterSpace, symbols: Int, channels: Int, sharing table: Parameter?
  ) -> OutputProjection {
    let name = "output_projection.weight"
    guard let table else {
      return .full(
        decoder.parameter(
          name, [symbols, channels], .normal(deviation: 1 / Float(channels).squareRoot())))
    }
    decoder.alias(name, of: table)
    return .full(table)
  }
}
