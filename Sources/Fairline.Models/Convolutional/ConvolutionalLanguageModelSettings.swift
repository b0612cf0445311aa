public import Fairline

/// The settings of a convolutional language model, named as fairseq's flags are.
public struct ConvolutionalLanguageModelSettings: Configuration, AdaptiveSoftmaxDropout,
  Equatable
{
  /// Dropout of embeddings and of what layers read.
  public var dropout = 0.1
  /// Channels of embeddings, and before the output projection.
  public var decoderEmbedDim = 128
  /// The convolutions.
  public var decoderLayers = ConvolutionalSettings.list("[(1268, 4)] * 13")
  /// fairseq's switch, which a model without a source has no use for.
  public var decoderAttention = AttendingLayers.none

  /// Where bands of rare symbols begin in the output; nil for one softmax over all symbols.
  public var adaptiveSoftmaxCutoff: SymbolCutoffs?
  /// Dropout of the adaptive softmax.
  public var adaptiveSoftmaxDropout = 0.0

  /// fairseq's defaults.
  public init() {}

  /// The flags.
  public static var options: [Option<Self>] {
    [
      Option(
        "decoder-embed-dim", \.decoderEmbedDim, in: .from(1, to: 65536),
        "channels of embeddings, and before the output projection"),
      Option(
        "decoder-layers", \.decoderLayers,
        "the convolutions: (channels, width) or (channels, width, residual distance)"),
      Option("decoder-attention", \.decoderAttention, "only False: there is no source"),
      Option(
        "dropout", \.dropout, in: .from(0, below: 1),
        "dropout of embeddings and of each layer's input"),
    ] + cutoffAndDropoutOptions
  }

  /// Refuses settings that contradict each other or the task.
  ///
  /// - Throws: `UserError` that names the flag.
  public func check(for task: TaskDescription) throws {
    try checkRanges()
    guard !task.hasSource else {
      throw UserError("--arch fconv_lm reads no sources: use fconv for translation")
    }
    let count = decoderLayers.layers.count
    guard decoderAttention.flags(of: count)?.contains(true) == false else {
      throw UserError(
        "--decoder-attention \(decoderAttention.text) needs a source: leave it out for "
          + "--arch fconv_lm")
    }
  }
}

extension ConvolutionalLanguageModelSettings {
  /// fairseq's model for WikiText-103 (Dauphin and others 2017).
  static var wikitext: Self {
    var c = Self()
    c.decoderEmbedDim = 280
    c.decoderLayers = ConvolutionalSettings.list(
      "[(850, 6)] * 3 + [(850, 1)] * 1 + [(850, 5)] * 4 + [(850, 1)] * 1 + [(850, 4)] * 3 "
        + "+ [(1024, 4)] * 1 + [(2048, 4)] * 1")
    c.adaptiveSoftmaxCutoff = SymbolCutoffs([10_000, 20_000, 200_000])
    return c
  }

  /// fairseq's model for the Billion Word corpus (Dauphin and others 2017).
  static var billionWords: Self {
    var c = Self()
    c.decoderLayers = ConvolutionalSettings.list(
      "[(512, 5)] + [(128, 1, 0), (128, 5, 0), (512, 1, 3)] * 3 "
        + "+ [(512, 1, 0), (512, 5, 0), (1024, 1, 3)] * 3 "
        + "+ [(1024, 1, 0), (1024, 5, 0), (2048, 1, 3)] * 6 "
        + "+ [(1024, 1, 0), (1024, 5, 0), (4096, 1, 3)]")
    c.adaptiveSoftmaxCutoff = SymbolCutoffs([10_000, 50_000, 200_000])
    return c
  }
}
