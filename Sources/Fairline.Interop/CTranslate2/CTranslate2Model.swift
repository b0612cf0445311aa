import Fairline
import Foundation

/// A Transformer of CTranslate2 as settings and tensors of Fairline's.
struct CTranslate2Model {
  let source, target: ForeignVocabulary
  private(set) var settings = JSONObject()
  private(set) var tensors: DerivedTensors
  /// The symbol that the decoder starts from.
  let start: String
  /// Whether sources end with the end symbol.
  let endsSources: Bool
  /// The longest sequences.
  private(set) var positions = (source: 0, target: 0)
  private let file: CTranslate2File
  private var used: Set<String> = []

  /// The longest sequences where positions are computed.
  private static let usualPositions = 2048

  private enum Name {
    static let source = "encoder/embeddings_0/weight"
    static let target = "decoder/embeddings/weight"
    static let projection = "decoder/projection/weight"
    static let bias = "decoder/projection/bias"
  }

  init(
    _ file: CTranslate2File, _ config: ForeignSettings, _ candidate: ImportCandidate,
    endsSourcesAsTold: Bool = false
  ) throws {
    self.file = file
    tensors = DerivedTensors(of: file)
    func rows(_ name: String) throws -> (rows: Int, columns: Int) {
      guard let shape = file.shape(of: name), shape.count == 2, shape[0] > 0, shape[1] > 1 else {
        throw UserError("\(file.path) has no table '\(name)': it is a model of another kind")
      }
      return (shape[0], shape[1])
    }
    let (from, to) = (try rows(Name.source), try rows(Name.target))
    let output = try rows(Name.projection)
    guard to.rows == output.rows, to.columns == output.columns else {
      throw UserError("\(file.path): the decoder's tables do not have one shape: it is damaged")
    }
    let vocabularies = try CTranslate2Vocabulary(
      candidate, file, config, rows: (from.rows, to.rows))
    (source, target) = (vocabularies.source, vocabularies.target)
    (start, endsSources) = try Self.ends(file, config, asTold: endsSourcesAsTold)
    settings["encoderEmbedDim"] = .integer(from.columns)
    settings["decoderEmbedDim"] = .integer(to.columns)
    if config.has("layer_norm_epsilon") {
      settings["layerNormEps"] = .number(try config.fraction("layer_norm_epsilon", usual: 0))
    }
    try addTables()
    try addSide("encoder", channels: from.columns)
    try addSide("decoder", channels: to.columns)
    try addPositions()
  }

  /// Refuses what would make another model, and finds out what the decoder starts from and whether
  /// sources have an end.
  ///
  /// - Parameter asTold: whether nobody else adds the end.
  private static func ends(
    _ file: CTranslate2File, _ config: ForeignSettings, asTold: Bool
  ) throws -> (start: String, endsSources: Bool) {
    let startsFromZero = file.number("decoder/start_from_zero_embedding") ?? 0 != 0
    let endsSources = try config.flag(
      "add_source_eos", usual: file.number("with_source_eos") ?? 0 != 0)
    let beginsSources = try config.flag(
      "add_source_bos", usual: file.number("with_source_bos") ?? 0 != 0)
    guard !beginsSources else {
      throw UserError(
        "\(file.path) reads sources with a beginning: such models are not known here")
    }
    // A row of zeros stands for no embedding.
    if startsFromZero { return ("<pad>", endsSources || !asTold) }
    if let token = config.text("decoder_start_token") {
      // OpenNMT's models have no end; others without one leave it to the caller's tokenizer.
      let isOpenNMT = token == config.text("bos_token") ?? "<s>"
      return (token, endsSources || !(asTold || isOpenNMT))
    }
    guard !config.has("eos_token") else {
      throw UserError(
        "\(config.path) has no 'decoder_start_token': models whose first symbol the caller gives "
          + "are not known here")
    }
    return (file.text("bos_token") ?? "<s>", endsSources)
  }

  // MARK: - Tables

  private mutating func addTables() throws {
    let isTied = file.target(of: Name.projection) == file.target(of: Name.target)
    let isShared =
      isTied && file.target(of: Name.source) == file.target(of: Name.target)
      && source.vocabulary == target.vocabulary
    settings["shareAllEmbeddings"] = .bool(isShared)
    settings["shareDecoderInputOutputEmbed"] = .bool(isTied)
    func columns(_ name: String) -> Int { file.shape(of: name)?.last ?? 0 }
    tensors = tensors.adding(
      table: "encoder.embed_tokens.weight", of: Name.source, columns: columns(Name.source), source)
    if !isShared {
      tensors = tensors.adding(
        table: "decoder.embed_tokens.weight", of: Name.target, columns: columns(Name.target),
        target)
    }
    if !isTied {
      tensors = tensors.adding(
        table: "decoder.output_projection.weight", of: Name.projection,
        columns: columns(Name.projection), target)
    }
    use([Name.source, Name.target, Name.projection])
    settings["outputBias"] = true
    let bias = "decoder.output_projection.bias"
    if let shape = file.shape(of: Name.bias) {
      guard shape == [file.shape(of: Name.target)?.first ?? 0] else {
        throw UserError("\(file.path): '\(Name.bias)' has the shape \(shape): it is damaged")
      }
      tensors = tensors.adding(bias: bias, of: Name.bias, target)
      use([Name.bias])
    } else {
      let numbers = target.rows.map { $0 < 0 ? ForeignVocabulary.excluded : 0 }
      tensors = tensors.adding(bias, shape: [numbers.count], .numbers(numbers))
    }
  }

  private mutating func use(_ names: [String]) {
    used.formUnion(names.compactMap(file.target(of:)))
  }

  // MARK: - Layers

  private static let activations = ["relu", "gelu_accurate", "swish", "gelu"]

  private mutating func addSide(_ side: String, channels: Int) throws {
    func number(_ name: String, usual: Double) -> Double {
      file.number("\(side)/\(name)") ?? file.number(name) ?? usual
    }
    let layers = (0..<1000).prefix { file.shape(of: first($0)) != nil }.count
    func first(_ layer: Int) -> String {
      "\(side)/layer_\(layer)/self_attention/linear_0/weight"
    }
    settings["\(side)Layers"] = .integer(layers)
    settings["\(side)AttentionHeads"] = .integer(
      Int(exactly: number("num_heads", usual: 8)) ?? 0)
    settings["\(side)NormalizeBefore"] = .bool(number("pre_norm", usual: 1) != 0)
    let activation = Int(exactly: number("activation", usual: 0)) ?? -1
    guard Self.activations.indices.contains(activation) else {
      throw UserError("\(file.path) has the activation \(activation), which is not known here")
    }
    try agree("activationFn", .string(Self.activations[activation]))
    try addScale(side, channels)
    for name in ["alibi", "rotary_dim", "multi_query_attention"]
    where number(name, usual: 0) != 0 {
      throw UserError("\(file.path) says '\(side)/\(name)', which is not known here")
    }
    for layer in 0..<layers { try addLayer(side, layer) }
    for name in ["layer_norm", "layernorm_embedding"]
    where file.shape(of: "\(side)/\(name)/gamma") != nil {
      try addNorm("\(side)/\(name)", "\(side).\(name)")
      if name == "layernorm_embedding" { settings["layernormEmbedding"] = true }
    }
    let hidden = "\(side)/layer_0/ffn/linear_0/weight"
    settings["\(side)FfnEmbedDim"] = .integer(file.shape(of: hidden)?.first ?? 1)
  }

  /// Sets a setting that both sides have in common.
  private mutating func agree(_ name: String, _ value: JSONValue) throws {
    guard settings[name] ?? value == value else {
      throw UserError("\(file.path) has sides that differ in '\(name)', which is not known here")
    }
    settings[name] = value
  }

  /// What embeddings are multiplied by: the root of the channels, or nothing.
  private mutating func addScale(_ side: String, _ channels: Int) throws {
    let name = "\(side)/scale_embeddings"
    let root = Double(channels).squareRoot()
    let isFlag = file.isInteger(name)
    let factor = file.number(name).map { isFlag ? ($0 == 0 ? 1 : root) : $0 } ?? root
    guard factor == 1 || abs(factor - root) < 1e-4 * root else {
      throw UserError(
        "\(file.path) multiplies embeddings by \(factor): only the root of the channels is known")
    }
    try agree("noScaleEmbedding", .bool(factor == 1))
  }

  private mutating func addLayer(_ side: String, _ layer: Int) throws {
    let (theirs, own) = ("\(side)/layer_\(layer)", "\(side).layers.\(layer)")
    for part in CTranslate2Layer.parts(theirs, own, isDecoder: side == "decoder") {
      switch part {
      case .linear(let theirs, let own): try addLinear(theirs, own)
      case .norm(let theirs, let own): try addNorm(theirs, own)
      }
    }
  }

  /// Adds the maps that one matrix holds one above the other, with their biases.
  private mutating func addLinear(_ theirs: String, _ own: [String]) throws {
    for (kind, rank) in [("weight", 2), ("bias", 1)] {
      let name = "\(theirs)/\(kind)"
      guard let shape = file.shape(of: name), shape.count == rank, shape[0] % own.count == 0
      else {
        throw UserError("\(file.path) has no '\(name)' as it should be: it is of another kind")
      }
      let part = shape[0] / own.count
      for (place, owner) in own.enumerated() {
        tensors = tensors.adding(
          "\(owner).\(kind)", shape: [part] + shape.dropFirst(),
          own.count == 1 ? .same(name) : .slice(name, (place * part)..<((place + 1) * part)))
      }
      use([name])
    }
  }

  private mutating func addNorm(_ theirs: String, _ own: String) throws {
    for (kind, name) in [("gamma", "weight"), ("beta", "bias")] {
      guard let shape = file.shape(of: "\(theirs)/\(kind)") else {
        throw UserError("\(file.path) has no '\(theirs)/\(kind)': it is of another kind")
      }
      tensors = tensors.adding("\(own).\(name)", shape: shape, .same("\(theirs)/\(kind)"))
      use(["\(theirs)/\(kind)"])
    }
  }

  // MARK: - Positions

  /// Adds the tables of positions, which CTranslate2 stores as numbers; places are counted from 2.
  private mutating func addPositions() throws {
    for side in ["encoder", "decoder"] {
      let name = "\(side)/position_encodings/encodings"
      let channels = settings["\(side)EmbedDim"]?.integerValue ?? 0
      var table: [Float]
      if let shape = file.shape(of: name) {
        guard shape.count == 2, shape[0] > 0, shape[1] == channels else {
          throw UserError("\(file.path): '\(name)' has the shape \(shape): it is damaged")
        }
        table = try file.floats(name)
        use([name])
      } else {
        // The first token has the place 1 of fairseq's table.
        table = Self.computed(places: Self.usualPositions, channels: channels)
      }
      let places = table.count / channels
      if side == "encoder" { positions.source = places } else { positions.target = places }
      settings["\(side)LearnedPos"] = true
      tensors = tensors.adding(
        "\(side).embed_positions.weight", shape: [places + 2, channels],
        .numbers([Float](repeating: 0, count: 2 * channels) + table))
    }
  }

  /// Sines and cosines as CTranslate2 computes them; the first token has the place 1.
  private static func computed(places: Int, channels: Int) -> [Float] {
    let half = channels / 2
    let rate = log(10000.0) / Double(max(half - 1, 1))
    var table = [Float](repeating: 0, count: places * channels)
    for place in 0..<places {
      for index in 0..<half {
        let angle = Double(place + 1) * exp(Double(index) * -rate)
        table[place * channels + index] = Float(sin(angle))
        table[place * channels + half + index] = Float(cos(angle))
      }
    }
    return table
  }

  // MARK: - What is left

  /// Numbers that are not tensors, under either side.
  private static let facts: Set<String> = [
    "activation", "alibi", "alibi_use_positive_positions", "alignment_heads", "alignment_layer",
    "embeddings_merge", "multi_query_attention", "num_heads", "pre_norm", "scale_alibi",
    "scale_embeddings", "start_from_zero_embedding",
  ]

  /// Tensors that have no place in the model.
  var unused: [String] {
    file.names.filter { name in
      guard !used.contains(name) else { return false }
      guard let shape = file.shape(of: name), shape.isEmpty else {
        return !name.hasSuffix("_token") && !name.hasPrefix("user_decoder_start")
      }
      let parts = name.split(separator: "/")
      return !(parts.count <= 2 && Self.facts.contains(String(parts.last ?? "")))
        && !name.hasPrefix("with_")
    }
  }
}
