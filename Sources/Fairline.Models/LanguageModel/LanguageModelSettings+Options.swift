public import Fairline
import FairlineTensor

extension LanguageModelSettings {
  /// The flags.
  public static var options: [Option<Self>] { decoder + shared }

  /// Those of a decoder of the Transformer.
  public static var definingSettings: [String] {
    [
      "decoderAttentionHeads", "decoderNormalizeBefore", "activationFn", "noScaleEmbedding",
      "noTokenPositionalEmbeddings",
    ]
  }

  private static var decoder: [Option<Self>] {
    [
      Option(
        "decoder-embed-dim", \.decoderEmbedDim, in: .from(1, to: 65536), "channels of the layers"),
      Option(
        "decoder-ffn-embed-dim", \.decoderFfnEmbedDim, in: .from(1, to: 1_000_000),
        "hidden channels of the feed-forward networks"),
      Option("decoder-layers", \.decoderLayers, in: .from(0, to: 1000), "layers"),
      Option(
        "decoder-attention-heads", \.decoderAttentionHeads, in: .from(1, to: 1024),
        "attention heads"),
      Option(
        "decoder-normalize-before", \.decoderNormalizeBefore,
        "normalise before each sub-layer instead of after it"),
      Option(
        "no-decoder-final-norm", \.noDecoderFinalNorm,
        "do not normalise after the last layer of a model that normalises before"),
      Option("decoder-learned-pos", \.decoderLearnedPos, "train positions"),
      Option(
        "decoder-layerdrop", \.decoderLayerdrop, in: .from(0, below: 1),
        "probability of leaving out a layer"),
      Option(
        "decoder-input-dim", \.decoderInputDim, in: .from(1, to: 65536),
        "channels of the embeddings (the layers')"),
      Option(
        "decoder-output-dim", \.decoderOutputDim, in: .from(1, to: 65536),
        "channels before the output projection (the layers')"),
    ]
  }

  private static var shared: [Option<Self>] {
    [
      Option(
        "dropout", \.dropout, in: .from(0, below: 1),
        "dropout of embeddings and of each sub-layer's result"),
      Option(
        "attention-dropout", \.attentionDropout, in: .from(0, below: 1),
        "dropout of attention weights"),
      Option(
        "activation-dropout", aliases: ["relu-dropout"], \.activationDropout,
        in: .from(0, below: 1), "dropout inside the feed-forward networks"),
      Option("activation-fn", \.activationFn, "function of the feed-forward networks"),
      Option(
        "share-decoder-input-output-embed", \.shareDecoderInputOutputEmbed,
        "use the embedding as output projection"),
      Option(
        "no-token-positional-embeddings", \.noTokenPositionalEmbeddings, "leave out positions"),
      Option("layernorm-embedding", \.layernormEmbedding, "normalise embeddings"),
      Option(
        "no-scale-embedding", \.noScaleEmbedding,
        "do not multiply embeddings by the root of the channels"),
      Option(
        "checkpoint-activations", \.checkpointActivations,
        "keep only the inputs of layers and compute the rest again on the way back: less memory"),
    ]
  }
}
