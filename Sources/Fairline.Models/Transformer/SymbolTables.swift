public import Fairline
public import FairlineTensor

/// The embeddings of an encoder-decoder model and its output projection, one parameter where the
/// settings share them.
public struct SymbolTables {
  /// The embedding of source symbols.
  public let source: Embedding
  /// The embedding of target symbols.
  public let target: Embedding
  private let decoder: ParameterSpace
  private let targetSymbols: Int
  private let sharesProjection: Bool
  private let outputChannels: Int
  private let hasBias: Bool

  /// Makes the embeddings.
  ///
  /// - Parameters:
  ///   - encoder: the space of the encoder's parameters.
  ///   - decoder: the space of the decoder's parameters.
  public init(
    encoder: ParameterSpace, decoder: ParameterSpace, for task: TaskDescription,
    _ c: TransformerSettings
  ) {
    self.decoder = decoder
    targetSymbols = task.targetSymbols
    sharesProjection = c.shareAllEmbeddings || c.shareDecoderInputOutputEmbed
    outputChannels = c.decoderOutputChannels
    hasBias = c.outputBias
    source = Embedding(
      encoder.part("embed_tokens"), symbols: task.sourceSymbols, channels: c.encoderEmbedDim)
    if c.shareAllEmbeddings {
      target = source
      decoder.alias("embed_tokens.weight", of: source.weight)
    } else {
      target = Embedding(
        decoder.part("embed_tokens"), symbols: task.targetSymbols,
        channels: c.decoderInputChannels)
    }
  }

  /// Makes the output projection, which comes last in a model. `[vocabulary, channel]`
  public func projection() -> Parameter {
    let name = "output_projection.weight"
    if sharesProjection {
      decoder.alias(name, of: target.weight)
      return target.weight
    }
    return decoder.parameter(
      name, [targetSymbols, outputChannels],
      .normal(deviation: 1 / Float(outputChannels).squareRoot()))
  }

  /// Makes what is added to logits, after the output projection; nil without that.
  /// `[vocabulary]`
  func bias() -> Parameter? {
    hasBias
      ? decoder.parameter("output_projection.bias", [targetSymbols], .constant(0)) : nil
  }
}
