public import Fairline
import FairlineTensor

extension SinusoidForm: OptionValue {}
extension DecoderSelfLayer: OptionValue {}

extension TransformerSettings {
  /// The flags.
  public static var options: [Option<Self>] {
    encoder + decoder + decoderStackOptions + shared + stackOptions
  }

  /// Heads, the order of normalisation, the function of the feed-forward networks, and what is done
  /// to embeddings.
  public static var definingSettings: [String] {
    [
      "encoderAttentionHeads", "decoderAttentionHeads", "encoderNormalizeBefore",
      "decoderNormalizeBefore", "activationFn", "noScaleEmbedding", "noTokenPositionalEmbeddings",
      "sinusoid", "layerNormEps",
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
      Option("encoder-learned-pos", \.encoderLearnedPos, "learn the encoder's position embeddings"),
      Option(
        "encoder-layerdrop", \.encoderLayerdrop, in: .from(0, below: 1),
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
        "channels of the decoder (default: the encoder's)"),
      Option(
        "decoder-ffn-embed-dim", \.decoderFfnEmbedDim, in: .from(1, to: 1_000_000),
        "hidden channels of the decoder (default: the encoder's)"),
      Option(
        "decoder-layers-to-keep", \.decoderLayersToKeep,
        "the decoder's layers to keep, counted from 0: 0,2,4", value: "LIST"),
    ]
  }

  private static var shared: [Option<Self>] {
    [
      Option(
        "decoder-self-layer", \.decoderSelfLayer,
        "how decoder layers look at the symbols before: by attention, or by a recurrence that "
          + "keeps one vector"),
      Option(
        "cross-self-attention", \.crossSelfAttention,
        "let the decoder's self-attention see the encoder's states too"),
      Option(
        "no-cross-attention", \.noCrossAttention,
        "leave out the decoder's attention over the encoder's states"),
      Option(
        "share-all-embeddings", \.shareAllEmbeddings,
        "use one embedding for encoder, decoder and output"),
      Option("sinusoid", \.sinusoid, "formula of the sinusoidal positions"),
      Option("output-bias", \.outputBias, "add a bias to the logit of each symbol"),
      Option(
        "layer-norm-eps", \.layerNormEps, in: .from(1e-12, to: 1),
        "what layer normalisation adds to the variance"),
    ]
  }
}
