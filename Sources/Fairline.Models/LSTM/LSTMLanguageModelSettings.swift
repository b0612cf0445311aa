public import Fairline

/// The settings of a recurrent language model, named as fairseq's flags are.
public struct LSTMLanguageModelSettings: Configuration, Equatable {
  /// Dropout of embeddings and of what layers give.
  public var dropout = 0.1
  /// Channels of embeddings.
  public var decoderEmbedDim = 512
  /// Channels of hidden states; those of embeddings when nil.
  public var decoderHiddenSize: Int?
  /// Layers.
  public var decoderLayers = 1
  /// Channels before the output projection.
  public var decoderOutEmbedDim = 512
  /// fairseq's switch, which a model without a source has no use for.
  public var decoderAttention = PythonFlag.off
  /// Whether embeddings stay as they are in training.
  public var decoderFreezeEmbed = false
  /// Dropout of embeddings; ``dropout`` when nil.
  public var decoderDropoutIn: Double?
  /// Dropout of what layers give; ``dropout`` when nil.
  public var decoderDropoutOut: Double?
  /// Whether embeddings are the output projection as well.
  public var shareDecoderInputOutputEmbed = false
  /// Whether a layer's hidden states of the step before are added to the next layer's inputs.
  public var residuals = false

  /// fairseq's defaults.
  public init() {}

  /// Whether layers add what they read.
  public static var definingSettings: [String] { ["residuals"] }

  /// The flags.
  public static var options: [Option<Self>] {
    [
      Option(
        "decoder-embed-dim", \.decoderEmbedDim, in: .from(1, to: 65536), "channels of embeddings"),
      Option(
        "decoder-hidden-size", \.decoderHiddenSize, in: .from(1, to: 65536),
        "channels of hidden states (those of embeddings)"),
      Option("decoder-layers", \.decoderLayers, in: .from(1, to: 1000), "layers"),
      Option(
        "decoder-out-embed-dim", \.decoderOutEmbedDim, in: .from(1, to: 65536),
        "channels before the output projection"),
      Option("decoder-attention", \.decoderAttention, "only 0: there is no source"),
      Option("decoder-freeze-embed", \.decoderFreezeEmbed, "do not train embeddings"),
      Option(
        "decoder-dropout-in", \.decoderDropoutIn, in: .from(0, below: 1),
        "dropout of embeddings (--dropout)"),
      Option(
        "decoder-dropout-out", \.decoderDropoutOut, in: .from(0, below: 1),
        "dropout of what layers give (--dropout)"),
      Option(
        "dropout", \.dropout, in: .from(0, below: 1),
        "dropout of embeddings and of what layers give"),
      Option(
        "share-decoder-input-output-embed", \.shareDecoderInputOutputEmbed,
        "use the embedding as output projection"),
      Option(
        "residuals", \.residuals,
        "add a layer's hidden states of the step before to the next layer's inputs"),
    ]
  }

  /// The settings of the decoder's layers.
  var decoder: LSTMDecoderSettings {
    LSTMDecoderSettings(
      embedding: decoderEmbedDim, channels: decoderHiddenSize ?? decoderEmbedDim,
      layers: decoderLayers,
      output: decoderOutEmbedDim, sharesProjection: shareDecoderInputOutputEmbed,
      freezesEmbedding: decoderFreezeEmbed, dropoutIn: decoderDropoutIn ?? dropout,
      dropoutOut: decoderDropoutOut ?? dropout)
  }

  /// Refuses settings that contradict each other or the task.
  ///
  /// - Throws: `UserError` that names the flag.
  public func check(for task: TaskDescription) throws {
    try checkRanges()
    guard !task.hasSource else {
      throw UserError("--arch lstm_lm reads no sources: use lstm for translation")
    }
    guard !decoderAttention.isOn else {
      throw UserError("--decoder-attention 1 needs a source: leave it out for --arch lstm_lm")
    }
    guard !shareDecoderInputOutputEmbed || task.readSymbols == task.targetSymbols else {
      throw UserError(
        "--share-decoder-input-output-embed needs all symbols to be predicted: leave out "
          + "--output-dictionary-size")
    }
    try decoder.check()
  }
}
