public import Fairline
public import FairlineModels

/// The settings of a `node_transformer`: those of a Transformer, and those of its neural ODE.
public struct NodeTransformerSettings: Configuration, Equatable {
  /// The Transformer's settings; a depth of 0 stands for 1 layer on a NODE side and 6 on a classic
  /// one.
  public var transformer = TransformerSettings()
  /// The neural ODE's settings.
  public var node = NodeSettings()

  /// The settings of the study, which chooses no side.
  public init() {
    transformer.encoderLayers = 0
    transformer.decoderLayers = 0
  }

  /// Reads settings whose names all stand beside each other.
  public init(from decoder: any Decoder) throws {
    transformer = try TransformerSettings(from: decoder)
    node = try NodeSettings(from: decoder)
  }

  /// Writes settings whose names all stand beside each other.
  public func encode(to encoder: any Encoder) throws {
    try transformer.encode(to: encoder)
    try node.encode(to: encoder)
  }

  /// The flags.
  public static var options: [Option<Self>] {
    let depths = [
      "encoder-layers": "layers of the encoder; 0 is 1 for a NODE and 6 otherwise",
      "decoder-layers": "layers of the decoder; 0 is 1 for a NODE and 6 otherwise",
    ]
    let classic = TransformerSettings.options(inside: \Self.transformer).map { option in
      var option = option
      if let help = depths[option.format.names[0]] { option.format.help = help }
      return option
    }
    return classic + NodeSettings.options(inside: \.node)
  }

  /// Those of the Transformer, the form of the field and the times of its solve.
  public static var definingSettings: [String] {
    TransformerSettings.definingSettings + ["nodeField", "nodeSeparatedDecoder", "nodeTs"]
  }

  /// The Transformer's settings with both depths named.
  public var resolvedTransformer: TransformerSettings {
    var c = transformer
    if c.encoderLayers == 0 { c.encoderLayers = node.nodeEncoder ? 1 : 6 }
    if c.decoderLayers == 0 { c.decoderLayers = node.nodeDecoder ? 1 : 6 }
    return c
  }
}

extension NodeTransformerSettings {
  /// A recipe for German-English of IWSLT'14: a NODE encoder of three pieces before a shallow
  /// classic decoder.
  ///
  /// The encoder's solve is paid once for a sentence, so that search has the speed of a classic
  /// decoder.
  public static var iwslt: Self {
    var c = Self()
    c.transformer.encoderFfnEmbedDim = 1024
    c.transformer.encoderAttentionHeads = 4
    c.transformer.decoderAttentionHeads = 4
    c.transformer.decoderNormalizeBefore = true
    c.transformer.decoderLayers = 2
    c.node.nodeEncoder = true
    c.node.nodeMethod = "heun2"
    c.node.nodeSteps = 3
    c.node.nodeWeightPieces = 3
    return c
  }
}
