public import Fairline

/// The settings of a recurrent language model, named as fairseq's flags are.
public struct LSTMLanguageModelSettings: Configuration, LSTMDecoderSettings, Equatable {
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
  /// Where bands of rare symbols begin in the output; nil for one softmax over all symbols.
  public var adaptiveSoftmaxCutoff: SymbolCutoffs?

  /// fairseq's defaults.
  public init() {}

  /// Whether layers add what they read.
  public static var definingSettings: [String] { ["residuals"] }

  /// The flags.
  public static var options: [Option<Self>] {
    decoderOptions + [
      Option(
        "residuals", \.residuals,
        "add a layer's hidden states of the step before to the next layer's inputs")
    ]
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
    try checkDecoder()
  }
}
