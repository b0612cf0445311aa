public import Fairline

/// The settings of a convolutional encoder-decoder, named as fairseq's flags are.
public struct ConvolutionalSettings: Configuration, Equatable {
  /// Dropout of embeddings and of what layers read.
  public var dropout = 0.1
  /// Channels of embeddings of the source, and of what the decoder attends to.
  public var encoderEmbedDim = 512
  /// The encoder's convolutions.
  public var encoderLayers = Self.list("[(512, 3)] * 20")
  /// Channels of embeddings of the target; as many as the source's.
  public var decoderEmbedDim = 512
  /// The decoder's convolutions.
  public var decoderLayers = Self.list("[(512, 3)] * 20")
  /// Channels before the output projection.
  public var decoderOutEmbedDim = 256
  /// Which layers of the decoder attend to the source.
  public var decoderAttention = AttendingLayers.all
  /// Whether the target's embeddings are the output projection as well.
  public var shareInputOutputEmbed = false

  /// fairseq's defaults.
  public init() {}

  static func list(_ text: String) -> ConvolutionList {
    guard let list = ConvolutionList(text: text) else {
      preconditionFailure("'\(text)' is no list of layers")
    }
    return list
  }

  /// The flags.
  public static var options: [Option<Self>] {
    [
      Option(
        "encoder-embed-dim", \.encoderEmbedDim, in: .from(1, to: 65536),
        "channels of the source's embeddings"),
      Option(
        "encoder-layers", \.encoderLayers,
        "the encoder's convolutions: (channels, width) or (channels, width, residual distance)"),
      Option(
        "decoder-embed-dim", \.decoderEmbedDim, in: .from(1, to: 65536),
        "channels of the target's embeddings"),
      Option(
        "decoder-layers", \.decoderLayers,
        "the decoder's convolutions: (channels, width) or (channels, width, residual distance)"),
      Option(
        "decoder-out-embed-dim", \.decoderOutEmbedDim, in: .from(1, to: 65536),
        "channels before the output projection"),
      Option(
        "decoder-attention", \.decoderAttention, "layers of the decoder that attend to the source"),
      Option(
        "dropout", \.dropout, in: .from(0, below: 1),
        "dropout of embeddings and of each layer's input"),
      Option(
        "share-input-output-embed", \.shareInputOutputEmbed,
        "use the decoder's embedding as output projection"),
    ]
  }

  /// Refuses settings that contradict each other or the task.
  ///
  /// - Throws: `UserError` that names the flag.
  public func check(for task: TaskDescription) throws {
    try checkRanges()
    guard task.hasSource else {
      throw UserError(
        "--arch fconv translates a source, which the task does not have: choose fconv_lm or "
          + "another language model")
    }
    guard encoderEmbedDim == decoderEmbedDim else {
      throw UserError(
        "--decoder-embed-dim \(decoderEmbedDim) must be --encoder-embed-dim \(encoderEmbedDim): "
          + "the decoder compares its embeddings with what the encoder gives")
    }
    let count = decoderLayers.layers.count
    guard decoderAttention.flags(of: count) != nil else {
      throw UserError(
        "--decoder-attention \(decoderAttention.text) does not fit \(count) decoder layers: "
          + "give one truth value for each")
    }
    if shareInputOutputEmbed, decoderEmbedDim != decoderOutEmbedDim {
      throw UserError(
        "--share-input-output-embed needs --decoder-out-embed-dim equal to "
          + "--decoder-embed-dim \(decoderEmbedDim)")
    }
    guard task.maximumSourcePositions > 2, task.maximumTargetPositions > 2 else {
      throw UserError("--max-source-positions and --max-target-positions must be above 2")
    }
  }
}

extension ConvolutionalSettings {
  /// fairseq's model for IWSLT'14 German-English: 4+3 layers of 256 channels.
  static var iwslt: Self {
    var c = Self()
    (c.encoderEmbedDim, c.decoderEmbedDim) = (256, 256)
    (c.encoderLayers, c.decoderLayers) = (list("[(256, 3)] * 4"), list("[(256, 3)] * 3"))
    return c
  }

  /// fairseq's model for WMT English-Romanian: 20+20 layers of 512 channels.
  static var wmtRomanian: Self {
    var c = Self()
    c.decoderOutEmbedDim = 512
    return c
  }

  /// fairseq's model for WMT English-German (Gehring and others 2017): 15+15 layers.
  static var wmtGerman: Self {
    var c = Self()
    (c.encoderEmbedDim, c.decoderEmbedDim, c.decoderOutEmbedDim) = (768, 768, 512)
    c.encoderLayers = list("[(512, 3)] * 9 + [(1024, 3)] * 4 + [(2048, 1)] * 2")
    c.decoderLayers = c.encoderLayers
    return c
  }

  /// fairseq's model for WMT English-French (Gehring and others 2017): 15+15 layers.
  static var wmtFrench: Self {
    var c = wmtGerman
    c.encoderLayers = list(
      "[(512, 3)] * 6 + [(768, 3)] * 4 + [(1024, 3)] * 3 + [(2048, 1)] * 1 + [(4096, 1)] * 1")
    c.decoderLayers = c.encoderLayers
    return c
  }
}
