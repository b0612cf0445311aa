public import Fairline
public import FairlineTensor

/// Settings that Transformers with and without a source have in common, named as fairseq's flags
/// are.
protocol TransformerStackSettings: AdaptiveSoftmaxShape {
  /// Layers of the decoder.
  var decoderLayers: Int { get set }
  /// Attention heads of the decoder.
  var decoderAttentionHeads: Int { get set }
  /// Whether the decoder normalises before each sub-layer instead of after it.
  var decoderNormalizeBefore: Bool { get set }
  /// Whether the decoder's positions are trained.
  var decoderLearnedPos: Bool { get set }
  /// The probability of leaving out a decoder layer in training (Fan and others 2019).
  var decoderLayerdrop: Double { get set }
  /// Channels of the decoder's embeddings; the decoder's when nil.
  var decoderInputDim: Int? { get set }
  /// Channels before the output projection; the decoder's when nil.
  var decoderOutputDim: Int? { get set }
  /// Dropout of embeddings and of each sub-layer's result.
  var dropout: Double { get set }
  /// Dropout of attention weights.
  var attentionDropout: Double { get set }
  /// Dropout inside the feed-forward networks.
  var activationDropout: Double { get set }
  /// The feed-forward networks' function.
  var activationFn: Activation { get set }
  /// Whether the output projection is the decoder's embedding.
  var shareDecoderInputOutputEmbed: Bool { get set }
  /// Whether there are no positions at all.
  var noTokenPositionalEmbeddings: Bool { get set }
  /// Whether embeddings are normalised.
  var layernormEmbedding: Bool { get set }
  /// Whether embeddings are not multiplied by the square root of the channels.
  var noScaleEmbedding: Bool { get set }
  /// Whether layers are computed again on the way back instead of being kept.
  var checkpointActivations: Bool { get set }
}

extension Activation: OptionValue {}

extension TransformerStackSettings {
  /// Takes over everything that both have.
  mutating func adopt(_ other: some TransformerStackSettings) {
    decoderLayers = other.decoderLayers
    decoderAttentionHeads = other.decoderAttentionHeads
    decoderNormalizeBefore = other.decoderNormalizeBefore
    decoderLearnedPos = other.decoderLearnedPos
    decoderLayerdrop = other.decoderLayerdrop
    (decoderInputDim, decoderOutputDim) = (other.decoderInputDim, other.decoderOutputDim)
    dropout = other.dropout
    attentionDropout = other.attentionDropout
    activationDropout = other.activationDropout
    activationFn = other.activationFn
    shareDecoderInputOutputEmbed = other.shareDecoderInputOutputEmbed
    noTokenPositionalEmbeddings = other.noTokenPositionalEmbeddings
    layernormEmbedding = other.layernormEmbedding
    noScaleEmbedding = other.noScaleEmbedding
    checkpointActivations = other.checkpointActivations
    adaptiveSoftmaxCutoff = other.adaptiveSoftmaxCutoff
    adaptiveSoftmaxDropout = other.adaptiveSoftmaxDropout
    adaptiveSoftmaxFactor = other.adaptiveSoftmaxFactor
  }

  /// The flags of the decoder's layers.
  static var decoderStackOptions: [Option<Self>] {
    [
      Option("decoder-layers", \.decoderLayers, in: .from(0, to: 1000), "layers of the decoder"),
      Option(
        "decoder-attention-heads", \.decoderAttentionHeads, in: .from(1, to: 1024),
        "attention heads of the decoder"),
      Option(
        "decoder-normalize-before", \.decoderNormalizeBefore,
        "normalise before each decoder sub-layer instead of after it"),
      Option("decoder-learned-pos", \.decoderLearnedPos, "learn the decoder's position embeddings"),
      Option(
        "decoder-layerdrop", \.decoderLayerdrop, in: .from(0, below: 1),
        "probability of leaving out a decoder layer"),
      Option(
        "decoder-input-dim", \.decoderInputDim, in: .from(1, to: 65536),
        "channels of the decoder's embeddings"),
      Option(
        "decoder-output-dim", \.decoderOutputDim, in: .from(1, to: 65536),
        "channels before the output projection"),
    ]
  }

  /// The flags of dropout, embeddings and what else all layers have in common.
  static var stackOptions: [Option<Self>] {
    [
      Option(
        "dropout", \.dropout, in: .from(0, below: 1),
        "dropout of embeddings and of each sub-layer's result"),
      Option(
        "attention-dropout", \.attentionDropout, in: .from(0, below: 1),
        "dropout of attention weights"),
      Option(
        "activation-dropout", aliases: ["relu-dropout"], \.activationDropout,
        in: .from(0, below: 1),
        "dropout inside the feed-forward networks"),
      Option("activation-fn", \.activationFn, "activation function of the feed-forward networks"),
      Option(
        "share-decoder-input-output-embed", \.shareDecoderInputOutputEmbed,
        "use the decoder's embedding as output projection"),
      Option(
        "no-token-positional-embeddings", \.noTokenPositionalEmbeddings,
        "use no position embeddings"),
      Option("layernorm-embedding", \.layernormEmbedding, "normalise embeddings"),
      Option(
        "no-scale-embedding", \.noScaleEmbedding,
        "do not multiply embeddings by the root of the channels"),
      Option(
        "checkpoint-activations", \.checkpointActivations,
        "compute layers again in the backward pass, to save memory"),
    ] + adaptiveSoftmaxOptions
  }
}
