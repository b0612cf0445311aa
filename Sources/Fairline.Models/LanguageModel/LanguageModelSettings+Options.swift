public import Fairline
import FairlineTensor

extension LanguageModelSettings {
  /// The flags.
  public static var options: [Option<Self>] {
    decoder + decoderStackOptions + stackOptions + adaptive
  }

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
      Option(
        "no-decoder-final-norm", \.noDecoderFinalNorm,
        "leave out the last normalisation of a pre-norm model"),
    ]
  }

  private static var adaptive: [Option<Self>] {
    [
      Option("adaptive-input", \.adaptiveInput, "give rare symbols embeddings of fewer channels"),
      Option(
        "adaptive-input-cutoff", \.adaptiveInputCutoff, in: .from(1),
        "where each band of rarer symbols begins, for the embeddings"),
      Option(
        "adaptive-input-factor", \.adaptiveInputFactor, in: .from(1, to: 1024),
        "factor by which each further band of embeddings has fewer channels"),
      Option(
        "tie-adaptive-weights", \.tieAdaptiveWeights,
        "share the tables of adaptive embeddings and adaptive softmax"),
      Option(
        "tie-adaptive-proj", \.tieAdaptiveProj,
        "share the projections of adaptive embeddings and adaptive softmax"),
    ]
  }
}
