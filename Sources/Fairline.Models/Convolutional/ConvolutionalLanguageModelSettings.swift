public import Fairline

/// The settings of a convolutional language model, named as fairseq's flags are.
public struct ConvolutionalLanguageModelSettings: Configuration, Equatable {
  /// Dropout of embeddings and of what layers read.
  public var dropout = 0.1
  /// Channels of embeddings, and before the output projection.
  public var decoderEmbedDim = 128
  /// The convolutions.
  public var decoderLayers = ConvolutionalSettings.list("[(1268, 4)] * 13")
  /// fairseq's switch, which a model without a source has no use for.
  public var decoderAttention = AttendingLayers.none

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
        "dropout of embeddings and of what layers read"),
    ]
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
