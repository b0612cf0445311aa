public import Fairline
import FairlineTensor

extension Activation: OptionValue {}

extension SinusoidForm: OptionValue {}

extension TransformerSettings {
  /// The flags.
  public static var options: [Option<Self>] { encoder + decoder + shared }

  /// Heads, the order of normalisation, the function of the feed-forward networks, and what is done
  /// to embeddings.
  public static var definingSettings: [String] {
    [
      "encoderAttentionHeads", "decoderAttentionHeads", "encoderNormalizeBefore",
      "decoderNormalizeBefore", "activationFn", "noScaleEmbedding", "noTokenPositionalEmbeddings",
      "sinusoid",
    ]
  }

  private static var encoder: [Option<Self>] {
    [
      Option(
        "encoder-embed-dim", \.encoderEmbedDim, in: .from(1, to: 65536), "channels of the encoder"),
      Option(
        "encoder-ffn-embed-dim", \.encoderFfnEmbedDim, in: .from(1, to: 1_000_000),
        "hidden channels of the encoder"),
      Option("encoder-layers", \.encoderLayers, in: .from(0, to: 1000), "layers of the encoder"),
      Option(
        "encoder-attention-heads", \.encoderAttentionHeads, in: .from(1, to: 1024),
        "attention heads of the encoder"),
      Option(
        "encoder-normalize-before", \.encoderNormalizeBefore,
        "normalise before each encoder sub-layer instead of after it"),
      Option("encoder-learned-pos", \.encoderLearnedPos, "train the encoder's positions"),
      Option(
        "encoder-layerdrop", \.encoderLayerdrop, in: .from(0, to: 1),
        "probability of leaving out an encoder layer"),
      Option(
        "encoder-layers-to-keep", \.encoderLayersToKeep,
        "the encoder's layers to keep, counted from 0: 0,2,4", value: "LIST"),
    ]
  }

  private static var decoder: [Option<Self>] {
    [
      Option(
        "decoder-embed-dim", \.decoderEmbedDim, in: .from(1, to: 65536),
        "channels of the decoder (the encoder's)"),
      Option(
        "decoder-ffn-embed-dim", \.decoderFfnEmbedDim, in: .from(1, to: 1_000_000),
        "hidden channels of the decoder (the encoder's)"),
      Option("decoder-layers", \.decoderLayers, in: .from(0, to: 1000), "layers of the decoder"),
      Option(
        "decoder-attention-heads", \.decoderAttentionHeads, in: .from(1, to: 1024),
        "attention heads of the decoder"),
      Option(
        "decoder-normalize-before", \.decoderNormalizeBefore,
        "normalise before each decoder sub-layer instead of after it"),
      Option("decoder-learned-pos", \.decoderLearnedPos, "train the decoder's positions"),
      Option(
        "decoder-layerdrop", \.decoderLayerdrop, in: .from(0, to: 1),
        "probability of leaving out a decoder layer"),
      Option(
        "decoder-layers-to-keep", \.decoderLayersToKeep,
        "the decoder's layers to keep, counted from 0: 0,2,4", value: "LIST"),
      Option(
        "cross-self-attention", \.crossSelfAttention,
        "let the decoder's self-attention see the encoder's states too"),
      Option(
        "no-cross-attention", \.noCrossAttention,
        "leave out the decoder's attention over the encoder's states"),
      Option(
        "decoder-input-dim", \.decoderInputDim, in: .from(1, to: 65536),
        "channels of the decoder's embeddings"),
      Option(
        "decoder-output-dim", \.decoderOutputDim, in: .from(1, to: 65536),
        "channels before the output projection"),
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
        in: .from(0, below: 1),
        "dropout inside the feed-forward networks"),
      Option("activation-fn", \.activationFn, "function of the feed-forward networks"),
      Option(
        "share-decoder-input-output-embed", \.shareDecoderInputOutputEmbed,
        "use the decoder's embedding as output projection"),
      Option(
        "share-all-embeddings", \.shareAllEmbeddings,
        "use one embedding for encoder, decoder and output"),
      Option(
        "no-token-positional-embeddings", \.noTokenPositionalEmbeddings, "leave out positions"),
      Option("sinusoid", \.sinusoid, "how positions that are not trained are computed"),
      Option("output-bias", \.outputBias, "add something to the logit of each symbol"),
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
