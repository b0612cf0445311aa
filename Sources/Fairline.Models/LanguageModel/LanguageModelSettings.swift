public import Fairline
public import FairlineTensor

/// The settings of a Transformer that predicts text without a source, named as fairseq's flags are.
public struct LanguageModelSettings: Configuration, TransformerStackSettings, Equatable {
  /// Channels of the layers.
  public var decoderEmbedDim = 512
  /// Hidden channels of the feed-forward networks.
  public var decoderFfnEmbedDim = 2048
  /// Layers.
  public var decoderLayers = 6
  /// Attention heads.
  public var decoderAttentionHeads = 8
  /// Whether normalisation comes before each sub-layer instead of after it.
  public var decoderNormalizeBefore = false
  /// Whether there is no normalisation after the last layer of a model that normalises before.
  public var noDecoderFinalNorm = false
  /// Whether positions are trained.
  public var decoderLearnedPos = false
  /// The probability of leaving out a layer in training (Fan and others 2019).
  public var decoderLayerdrop = 0.0
  /// Channels of the embeddings; the layers' when nil.
  public var decoderInputDim: Int?
  /// Channels before the output projection; the layers' when nil.
  public var decoderOutputDim: Int?
  /// Dropout of embeddings and of each sub-layer's result.
  public var dropout = 0.1
  /// Dropout of attention weights.
  public var attentionDropout = 0.0
  /// Dropout inside the feed-forward networks.
  public var activationDropout = 0.0
  /// The feed-forward networks' function.
  public var activationFn = Activation.relu
  /// Whether the output projection is the embedding.
  public var shareDecoderInputOutputEmbed = false
  /// Whether there are no positions at all.
  public var noTokenPositionalEmbeddings = false
  /// Whether embeddings are normalised.
  public var layernormEmbedding = false
  /// Whether embeddings are not multiplied by the square root of the channels.
  public var noScaleEmbedding = false
  /// Where bands of rare symbols begin in the output; nil for one softmax over all symbols.
  public var adaptiveSoftmaxCutoff: SymbolCutoffs?
  /// Dropout of the adaptive softmax.
  public var adaptiveSoftmaxDropout = 0.0
  /// What the channels of each further band of the output are divided by.
  public var adaptiveSoftmaxFactor = 4.0
  /// Whether rare symbols have embeddings of fewer channels.
  public var adaptiveInput = false
  /// Where bands of rare symbols begin among the embeddings.
  public var adaptiveInputCutoff: SymbolCutoffs?
  /// What the channels of each further band of embeddings are divided by.
  public var adaptiveInputFactor = 4.0
  /// Whether the adaptive softmax uses the tables of the adaptive embeddings.
  public var tieAdaptiveWeights = false
  /// Whether the adaptive softmax uses the maps of the adaptive embeddings, too.
  public var tieAdaptiveProj = false
  /// Whether layers are computed again on the way back instead of being kept: less memory, more
  /// time, the same bits.
  public var checkpointActivations = false

  /// The base model: 6 layers of 512 channels, normalised after each sub-layer.
  public init() {}

  /// Channels of the embeddings.
  public var inputChannels: Int { decoderInputDim ?? decoderEmbedDim }
  /// Channels before the output projection.
  public var outputChannels: Int { decoderOutputDim ?? decoderEmbedDim }

  /// The settings of a translation model with this decoder.
  public var stack: TransformerSettings {
    var c = TransformerSettings()
    c.encoderEmbedDim = decoderEmbedDim
    c.encoderFfnEmbedDim = decoderFfnEmbedDim
    c.adopt(self)
    return c
  }

  /// Refuses settings that contradict each other or the task.
  ///
  /// - Throws: `UserError` that names the flag.
  public func check(for task: TaskDescription) throws {
    guard !task.hasSource else {
      throw UserError(
        "this architecture has no source to read: give --task language_modeling, or choose "
          + "a translation model with --arch")
    }
    guard decoderEmbedDim % decoderAttentionHeads == 0 else {
      throw UserError(
        "--decoder-embed-dim \(decoderEmbedDim) cannot be split in "
          + "--decoder-attention-heads \(decoderAttentionHeads): choose a multiple")
    }
    try checkSharing(for: task)
    if shareDecoderInputOutputEmbed, inputChannels != outputChannels {
      throw UserError(
        "--share-decoder-input-output-embed needs --decoder-output-dim equal to "
          + "--decoder-input-dim \(inputChannels)")
    }
  }
}
