import Fairline

/// The sizes of Hugging Face's encoder-decoder models of the family of BART: Marian, M2M-100,
/// mBART.
struct BartSizes {
  let channels, heads: (encoder: Int, decoder: Int)
  let layers, hidden: (encoder: Int, decoder: Int)
  let activation: String
  let scalesEmbeddings: Bool
  /// The longest sequence.
  let positions: Int

  private static let activations = [
    "swish": "swish", "silu": "swish", "relu": "relu", "gelu": "gelu",
  ]

  /// Reads the sizes.
  ///
  /// - Parameters:
  ///   - activation: what counts where the file says nothing.
  ///   - scales: whether embeddings are then multiplied by the root of the channels.
  init(_ settings: ForeignSettings, activation usual: String = "gelu", scales: Bool = false) throws
  {
    func both(_ name: String, _ range: ClosedRange<Int>, _ usual: Int) throws -> (Int, Int) {
      (
        try settings.number("encoder_\(name)", in: range, usual: usual),
        try settings.number("decoder_\(name)", in: range, usual: usual)
      )
    }
    let width = try settings.number("d_model", in: 2...65536, usual: 1024)
    channels = (width, width)
    heads = try both("attention_heads", 1...1024, 16)
    layers = try both("layers", 0...1000, 12)
    hidden = try both("ffn_dim", 1...1_000_000, 4096)
    let name = settings.text("activation_function") ?? usual
    guard let activation = Self.activations[name] else {
      throw UserError(
        "\(settings.path) has the activation '\(name)', and only "
          + "\(Self.activations.keys.sorted().joined(separator: ", ")) are known")
    }
    self.activation = activation
    scalesEmbeddings = try settings.flag("scale_embedding", usual: scales)
    positions = try settings.number("max_position_embeddings", in: 1...1_000_000, usual: 1024)
  }

  /// The settings of a Transformer of these sizes.
  var transformer: JSONObject {
    var settings = JSONObject()
    settings["encoderEmbedDim"] = .integer(channels.encoder)
    settings["decoderEmbedDim"] = .integer(channels.decoder)
    settings["encoderFfnEmbedDim"] = .integer(hidden.encoder)
    settings["decoderFfnEmbedDim"] = .integer(hidden.decoder)
    settings["encoderLayers"] = .integer(layers.encoder)
    settings["decoderLayers"] = .integer(layers.decoder)
    settings["encoderAttentionHeads"] = .integer(heads.encoder)
    settings["decoderAttentionHeads"] = .integer(heads.decoder)
    settings["activationFn"] = .string(activation)
    settings["noScaleEmbedding"] = .bool(!scalesEmbeddings)
    return settings
  }
}

extension PlacedTensors {
  /// Takes the tensors of the layers of such a model, whose names differ by their beginning only.
  init(layersOf source: any TensorSource) {
    self.init(source)
    for name in source.names where name.contains(".layers.") || name.contains(".layer_norm.") {
      guard name.hasPrefix("model."), let shape = source.shape(of: name) else { continue }
      add(String(name.dropFirst(6)), of: name, shape: shape, .same(name))
    }
  }
}
