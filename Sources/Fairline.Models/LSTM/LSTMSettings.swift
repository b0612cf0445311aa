public import Fairline

/// The settings of a recurrent encoder-decoder, named as fairseq's flags are.
public struct LSTMSettings: Configuration, LSTMDecoderSettings, Equatable {
  /// Dropout of embeddings and of what layers give.
  public var dropout = 0.1
  /// Channels of the source's embeddings.
  public var encoderEmbedDim = 512
  /// Channels of the encoder's hidden states; those of its embeddings when nil.
  public var encoderHiddenSize: Int?
  /// Layers of the encoder; as many as the decoder's.
  public var encoderLayers = 1
  /// Whether the encoder reads sources from both ends.
  public var encoderBidirectional = false
  /// Whether the source's embeddings stay as they are in training.
  public var encoderFreezeEmbed = false
  /// Dropout of the source's embeddings; ``dropout`` when nil.
  public var encoderDropoutIn: Double?
  /// Dropout of what the encoder's layers give; ``dropout`` when nil.
  public var encoderDropoutOut: Double?
  /// Channels of the target's embeddings.
  public var decoderEmbedDim = 512
  /// Channels of the decoder's hidden states; those of its embeddings when nil.
  public var decoderHiddenSize: Int?
  /// Layers of the decoder.
  public var decoderLayers = 1
  /// Channels before the output projection.
  public var decoderOutEmbedDim = 512
  /// Whether the decoder attends to the source: `1` or `0`.
  public var decoderAttention = PythonFlag.on
  /// Whether the target's embeddings stay as they are in training.
  public var decoderFreezeEmbed = false
  /// Dropout of the target's embeddings; ``dropout`` when nil.
  public var decoderDropoutIn: Double?
  /// Dropout of what the decoder's layers give; ``dropout`` when nil.
  public var decoderDropoutOut: Double?
  /// Whether the target's embeddings are the output projection as well.
  public var shareDecoderInputOutputEmbed = false
  /// Whether source, target and output projection share one table.
  public var shareAllEmbeddings = false
  /// Where bands of rare symbols begin in the output; nil for one softmax over all symbols.
  public var adaptiveSoftmaxCutoff: SymbolCutoffs?

  /// fairseq's defaults.
  public init() {}

  /// Channels of the encoder's hidden states, of one direction.
  var encoderChannels: Int { encoderHiddenSize ?? encoderEmbedDim }

  /// Channels of what the encoder gives.
  var memoryChannels: Int { encoderChannels * (encoderBidirectional ? 2 : 1) }

  /// Refuses settings that contradict each other or the task.
  ///
  /// - Throws: `UserError` that names the flag.
  public func check(for task: TaskDescription) throws {
    try checkRanges()
    guard task.hasSource else {
      throw UserError("--arch lstm needs sources and targets: use lstm_lm for language models")
    }
    guard encoderLayers == decoderLayers else {
      throw UserError(
        "--encoder-layers \(encoderLayers) and --decoder-layers \(decoderLayers) differ: "
          + "a decoder layer begins with what the encoder layer of its number ends with")
    }
    if shareAllEmbeddings {
      guard task.sharesVocabulary else {
        throw UserError(
          "--share-all-embeddings needs one dictionary for both sides: preprocess "
            + "with --joined-dictionary")
      }
      guard encoderEmbedDim == decoderEmbedDim else {
        throw UserError(
          "--share-all-embeddings needs --decoder-embed-dim equal to "
            + "--encoder-embed-dim \(encoderEmbedDim)")
      }
    }
    try checkDecoder(sharesAll: shareAllEmbeddings)
  }
}
