public import Fairline

/// The settings of a Transformer with guided alignment, named as fairseq's flags are.
public struct AlignedTransformerSettings: Configuration, Equatable {
  /// The settings of the Transformer.
  public var transformer = TransformerSettings()
  /// How many of the first heads are guided; their mean is.
  public var alignmentHeads = 1
  /// The decoder layer whose attention over the source is guided, counted from 0.
  public var alignmentLayer = 4
  /// Whether a second trip through the decoder, in which symbols see later ones, is guided.
  public var fullContextAlignment = false

  /// fairseq's defaults.
  public init() {}

  /// Those of the Transformer.
  public static var definingSettings: [String] { TransformerSettings.definingSettings }

  /// The flags.
  public static var options: [Option<Self>] {
    TransformerSettings.options(inside: \.transformer) + [
      Option(
        "alignment-heads", \.alignmentHeads, in: .from(1, to: 1024),
        "number of attention heads that alignments guide"),
      Option(
        "alignment-layer", \.alignmentLayer, in: .from(0, to: 1000),
        "decoder layer that alignments guide, counted from 0"),
      Option(
        "full-context-alignment", \.fullContextAlignment,
        "guide a second decoder pass, which sees the whole target"),
    ]
  }

  /// Refuses layers and heads that there are not.
  ///
  /// - Throws: `UserError` that names the flag.
  func check() throws {
    try checkRanges()
    let layers = transformer.keptDecoderLayers.count
    guard alignmentLayer < layers else {
      throw UserError(
        "--alignment-layer \(alignmentLayer) is none of the \(layers) decoder layers: they are "
          + "counted from 0")
    }
    guard alignmentHeads <= transformer.decoderAttentionHeads else {
      throw UserError(
        "--alignment-heads \(alignmentHeads) is more than --decoder-attention-heads "
          + "\(transformer.decoderAttentionHeads)")
    }
    guard !fullContextAlignment || transformer.decoderSelfLayer == .attention else {
      throw UserError(
        "--full-context-alignment needs --decoder-self-layer attention: a recurrence sees no later "
          + "symbols")
    }
    guard !transformer.noCrossAttention else {
      throw UserError(
        "--no-cross-attention leaves nothing to align: use --arch transformer instead")
    }
  }

  /// fairseq's `transformer_wmt_en_de_big_align`.
  static var big: Self {
    var c = Self()
    c.transformer = .wmtBig
    return c
  }
}

extension AlignedTransformerSettings {
  private enum CodingKeys: String, CodingKey {
    case alignmentHeads, alignmentLayer, fullContextAlignment
  }

  /// Reads all settings from one object, as fairseq writes them.
  public init(from decoder: any Decoder) throws {
    transformer = try TransformerSettings(from: decoder)
    let container = try decoder.container(keyedBy: CodingKeys.self)
    alignmentHeads = try container.decode(Int.self, forKey: .alignmentHeads)
    alignmentLayer = try container.decode(Int.self, forKey: .alignmentLayer)
    fullContextAlignment = try container.decode(Bool.self, forKey: .fullContextAlignment)
  }

  /// Writes all settings to one object.
  public func encode(to encoder: any Encoder) throws {
    try transformer.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(alignmentHeads, forKey: .alignmentHeads)
    try container.encode(alignmentLayer, forKey: .alignmentLayer)
    try container.encode(fullContextAlignment, forKey: .fullContextAlignment)
  }
}
