public import Fairline
public import FairlineTensor

/// The embeddings of an encoder-decoder model and its way to symbols, one parameter where the
/// settings share them.
public struct SymbolTables {
  /// The embedding of source symbols.
  public let source: Embedding
  /// The embedding of target symbols.
  public let target: Embedding
  private let decoder: ParameterSpace
  private let targetSymbols: Int
  private let settings: TransformerSettings
  private let bands: SymbolBands?

  /// Makes the embeddings.
  ///
  /// - Parameters:
  ///   - encoder: the space of the encoder's parameters.
  ///   - decoder: the space of the decoder's parameters.
  /// - Throws: `UserError` when the settings' bands do not fit the symbols.
  public init(
    encoder: ParameterSpace, decoder: ParameterSpace, for task: TaskDescription,
    _ c: TransformerSettings
  ) throws {
    self.decoder = decoder
    targetSymbols = task.targetSymbols
    settings = c
    bands = try c.softmaxBands(
      symbols: task.targetSymbols, channels: c.decoderOutputChannels,
      factor: c.adaptiveSoftmaxFactor)
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

  /// Makes the way to symbols, which comes last in a model.
  public func output() -> OutputProjection {
    if let bands {
      return .adaptive(
        AdaptiveSoftmax(
          decoder.part("adaptive_softmax"), bands, channels: settings.decoderOutputChannels,
          factor: settings.adaptiveSoftmaxFactor, dropout: settings.adaptiveSoftmaxDropout))
    }
    let isShared = settings.shareAllEmbeddings || settings.shareDecoderInputOutputEmbed
    return .full(
      decoder, symbols: targetSymbols, channels: settings.decoderOutputChannels,
      sharing: isShared ? target.weight : nil)
  }
}
