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
        "do not normalise after the last layer of a model that normalises before"),
    ]
  }

  private static var adaptive: [Option<Self>] {
    [
      Option("adaptive-input", \.adaptiveInput, "give rare symbols embeddings of fewer channels"),
      Option(
        "adaptive-input-cutoff", \.adaptiveInputCutoff, in: .from(1),
        "first symbols of bands of rare symbols among the embeddings"),
      Option(
        "adaptive-input-factor", \.adaptiveInputFactor, in: .from(1, to: 1024),
        "what the channels of each further band of embeddings are divided by"),
      Option(
        "tie-adaptive-weights", \.tieAdaptiveWeights,
        "use the tables of the adaptive embeddings in the adaptive softmax"),
      Option(
        "tie-adaptive-proj", \.tieAdaptiveProj,
        "use the maps of the adaptive embeddings in the adaptive softmax, too"),
    ]
  }
}
