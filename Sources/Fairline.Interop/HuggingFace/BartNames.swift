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

/// The tensors of such a model under the names of a Transformer's parameters.
struct BartTensors {
  private(set) var derived: DerivedTensors
  private let source: any TensorSource
  private var used: Set<String> = []
  private(set) var ignored: [String] = []

  /// Takes the tensors of the layers, whose names differ by their beginning only.
  init(_ source: any TensorSource) {
    self.source = source
    derived = DerivedTensors(of: source)
    for name in source.names where name.contains(".layers.") || name.contains(".layer_norm.") {
      guard name.hasPrefix("model."), let shape = source.shape(of: name) else { continue }
      derived = derived.adding(String(name.dropFirst(6)), shape: shape, .same(name))
      used.insert(name)
    }
  }

  /// The shape of a tensor of the file.
  func shape(of name: String) -> [Int]? { source.shape(of: name) }

  /// The first of some names that the file has, as the name of a table.
  ///
  /// - Throws: `UserError` when it has none, or one of another shape.
  func table(_ names: [String], columns: Int) throws -> (name: String, rows: Int) {
    guard let name = names.first(where: { source.shape(of: $0) != nil }),
      let shape = source.shape(of: name), shape.count == 2
    else {
      throw UserError("\(source.path) has no tensor '\(names[0])': use another copy")
    }
    guard shape[1] == columns else {
      throw UserError(
        "\(source.path): '\(name)' has the shape \(shape), and the settings say \(columns) "
          + "channels: use the config.json that belongs to it")
    }
    return (name, shape[0])
  }

  /// Adds a table with a row for each symbol.
  mutating func add(table name: String, of other: String, _ vocabulary: ForeignVocabulary) {
    used.insert(other)
    derived = derived.adding(
      table: name, of: other, columns: source.shape(of: other)?.last ?? 0, vocabulary)
  }

  /// Adds what is added to logits: a tensor of the file, or zeros.
  mutating func add(bias name: String, of other: String, _ vocabulary: ForeignVocabulary) throws {
    guard let shape = source.shape(of: other) else {
      let numbers = vocabulary.rows.map { $0 < 0 ? ForeignVocabulary.excluded : 0 }
      derived = derived.adding(name, shape: [numbers.count], .numbers(numbers))
      return
    }
    let symbols = vocabulary.rows.reduce(0) { max($0, Int($1) + 1) }
    guard shape.reduce(1, *) >= symbols, shape.last == shape.reduce(1, *) else {
      throw UserError(
        "\(source.path): '\(other)' has the shape \(shape), and there are \(symbols) symbols: "
          + "use another copy")
    }
    used.insert(other)
    derived = derived.adding(bias: name, of: other, vocabulary)
  }

  /// Adds a tensor of the file under its name without the beginning `model.`.
  mutating func add(copyOf other: String, shape: [Int]) throws {
    guard source.shape(of: other) == shape else {
      throw UserError("\(source.path) has no '\(other)' of the shape \(shape): use another copy")
    }
    used.insert(other)
    derived = derived.adding(String(other.dropFirst(6)), shape: shape, .same(other))
  }

  /// Adds numbers of the importer's own.
  mutating func add(_ name: String, shape: [Int], _ numbers: [Float]) {
    derived = derived.adding(name, shape: shape, .numbers(numbers))
  }

  /// Leaves out tensors, where they are there.
  mutating func ignore(_ names: [String]) {
    ignored += names.filter { source.shape(of: $0) != nil && used.insert($0).inserted }
  }

  /// Tensors that are neither used nor left out.
  var unused: [String] { source.names.filter { !used.contains($0) } }
}
