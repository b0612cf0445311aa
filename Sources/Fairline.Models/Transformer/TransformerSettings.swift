public import Fairline
public import FairlineTensor

/// The settings of an encoder-decoder Transformer, named as fairseq's flags are.
public struct TransformerSettings: Configuration, TransformerStackSettings, Equatable {
  /// Channels of the encoder.
  public var encoderEmbedDim = 512
  /// Hidden channels of the encoder's feed-forward networks.
  public var encoderFfnEmbedDim = 2048
  /// Layers of the encoder.
  public var encoderLayers = 6
  /// Attention heads of the encoder.
  public var encoderAttentionHeads = 8
  /// Whether the encoder normalises before each sub-layer instead of after it.
  public var encoderNormalizeBefore = false
  /// Whether the encoder's positions are trained.
  public var encoderLearnedPos = false
  /// The probability of leaving out an encoder layer in training (Fan and others 2019).
  public var encoderLayerdrop = 0.0
  /// Channels of the decoder; the encoder's when nil.
  public var decoderEmbedDim: Int?
  /// Hidden channels of the decoder's feed-forward networks; the encoder's when nil.
  public var decoderFfnEmbedDim: Int?
  /// Layers of the decoder.
  public var decoderLayers = 6
  /// Attention heads of the decoder.
  public var decoderAttentionHeads = 8
  /// Whether the decoder normalises before each sub-layer instead of after it.
  public var decoderNormalizeBefore = false
  /// Whether the decoder's positions are trained.
  public var decoderLearnedPos = false
  /// The probability of leaving out a decoder layer in training.
  public var decoderLayerdrop = 0.0
  /// The encoder's layers to keep, counted from 0: `0,2,4`; all when nil.
  public var encoderLayersToKeep: String?
  /// The decoder's layers to keep; all when nil.
  public var decoderLayersToKeep: String?
  /// How the decoder's layers look at the symbols before the present one.
  public var decoderSelfLayer = DecoderSelfLayer.attention
  /// Whether the decoder's self-attention sees the encoder's states besides the prefix.
  public var crossSelfAttention = false
  /// Whether the decoder has no attention of its own over the encoder's states.
  public var noCrossAttention = false
  /// Channels of the decoder's embeddings; the decoder's when nil.
  public var decoderInputDim: Int?
  /// Channels before the output projection; the decoder's when nil.
  public var decoderOutputDim: Int?
  /// Dropout of embeddings and of each sub-layer's result.
  public var dropout = 0.1
  /// Dropout of attention weights.
  public var attentionDropout = 0.0
  /// Dropout inside the feed-forward networks.
  public var activationDropout = 0.0
  /// The feed-forward networks' function.
  public var activationFn = Activation.relu
  /// Whether the output projection is the decoder's embedding.
  public var shareDecoderInputOutputEmbed = false
  /// Whether encoder, decoder and output share one embedding.
  public var shareAllEmbeddings = false
  /// Whether there are no positions at all.
  public var noTokenPositionalEmbeddings = false
  /// How positions that are not trained are computed.
  public var sinusoid = SinusoidForm.fairseq
  /// Whether something is added to the logit of each symbol.
  public var outputBias = false
  /// What normalisations add to the variance.
  public var layerNormEps = 1e-5
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

  /// Whether layers are computed again on the way back instead of being kept: less memory, more
  /// time, the same bits.
  public var checkpointActivations = false

  /// The settings of the base model (Vaswani and others 2017, table 3).
  public init() {}

  /// The numbers of the encoder's layers that are kept.
  public var keptEncoderLayers: [Int] {
    Self.kept(encoderLayersToKeep, of: encoderLayers) ?? Array(0..<encoderLayers)
  }
  /// The numbers of the decoder's layers that are kept.
  public var keptDecoderLayers: [Int] {
    Self.kept(decoderLayersToKeep, of: decoderLayers) ?? Array(0..<decoderLayers)
  }

  /// The numbers in a list, ascending and each once; nil when it is no list of layers.
  static func kept(_ list: String?, of count: Int) -> [Int]? {
    guard let list else { return Array(0..<count) }
    let parts = list.split(separator: ",", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { Int($0.filter { $0 != " " }) }
    guard numbers.count == parts.count, numbers.allSatisfy((0..<count).contains) else { return nil }
    return Set(numbers).sorted()
  }

  /// Channels of the decoder.
  public var decoderChannels: Int { decoderEmbedDim ?? encoderEmbedDim }
  /// Hidden channels of the decoder's feed-forward networks.
  public var decoderHidden: Int { decoderFfnEmbedDim ?? encoderFfnEmbedDim }
  /// Channels of the decoder's embeddings.
  public var decoderInputChannels: Int { decoderInputDim ?? decoderChannels }
  /// Channels before the output projection.
  public var decoderOutputChannels: Int { decoderOutputDim ?? decoderChannels }
}
