import Fairline
import FairlineData
import FairlineFoundation

/// Writes a folder of CTranslate2: `model.bin`, `config.json`, vocabularies, and the SentencePiece
/// models, which CTranslate2 itself does not read, beside them.
///
/// Positions are stored as a table, so that learned ones and every form of sines and cosines can be
/// held. Padding is left out, as CTranslate2's own converters leave it out.
struct CTranslate2Exporter: Exporter {
  private static let format = "ctranslate2"

  func write(_ model: ExportedModel, to folder: String) throws -> [String] {
    let form = try TransformerForm(model, format: Self.format)
    let content = try CTranslate2Content(form, format: Self.format)
    try content.writer.write(to: Paths.join(folder, "model.bin"))
    try write(content.config.prettyText + "\n", to: folder, "config.json")
    let (source, target) = (content.source, content.target)
    if source == target {
      try write(source, to: folder, "shared_vocabulary.json")
    } else {
      try write(source, to: folder, "source_vocabulary.json")
      try write(target, to: folder, "target_vocabulary.json")
    }
    let pieces = form.pieceModels(
      joint: ["sentencepiece.model"], source: "source.spm", target: "target.spm")
    for (name, bytes) in pieces {
      let file = try FileWriter(Paths.join(folder, name))
      try file.write(bytes)
      try file.finish()
    }
    var notes = ["sources are given without their end"]
    if pieces.isEmpty { notes.append("no model of pieces: text must be divided into symbols") }
    if form.hasLanguageTokens {
      notes.append("sources and target prefixes begin with the symbols of their languages")
    }
    return notes
  }

  private func write(_ symbols: ExportedSymbols, to folder: String, _ name: String) throws {
    let list = JSONValue.array(symbols.texts.map(JSONValue.string))
    try write(list.prettyText + "\n", to: folder, name)
  }

  private func write(_ text: String, to folder: String, _ name: String) throws {
    let file = try FileWriter(Paths.join(folder, name))
    try file.write(Array(text.utf8))
    try file.finish()
  }
}

/// What the files of such a folder hold.
private struct CTranslate2Content {
  let source, target: ExportedSymbols
  private(set) var writer: CTranslate2Writer
  let config: JSONValue
  private let form: TransformerForm
  private var placed: Set<String> = []

  private static let activations: [String: Int8] = [
    "relu": 0, "gelu_accurate": 1, "gelu_fast": 1, "swish": 2, "gelu": 3,
  ]

  init(_ form: TransformerForm, format: String) throws {
    self.form = form
    guard let activation = Self.activations[form.activation] else {
      throw UserError(
        "\(form.model.path) has the activation '\(form.activation)', and the format \(format) "
          + "holds \(Self.activations.keys.sorted().joined(separator: ", "))")
    }
    let bias = try form.outputBias()
    // Marian's decoder starts from no embedding, which CTranslate2 has a flag for.
    let startsFromPad = form.start == Vocabulary.pad
    let startsFromZero = try startsFromPad && Self.hasZeroPad(form)
    let keepsPad = startsFromPad && !startsFromZero
    let front = [
      form.knowsBegin(bias) ? Vocabulary.bos : nil, keepsPad ? Vocabulary.pad : nil,
      Vocabulary.eos, Vocabulary.unk,
    ].compactMap(\.self)
    func symbols(_ side: TransformerForm.Side) -> ExportedSymbols {
      ExportedSymbols(side.vocabulary, front + form.plainSymbols(side))
    }
    (source, target) = (symbols(form.encoder), symbols(form.decoder))
    writer = CTranslate2Writer(tensors: DerivedTensors(of: form.model.tensors))
    writer.rounds = form.model.isRounded
    let vocabulary = form.decoder.vocabulary
    config = [
      "add_source_bos": false, "add_source_eos": .bool(form.endsSources),
      "bos_token": .string(vocabulary.symbol(Vocabulary.bos)),
      "decoder_start_token": .string(
        vocabulary.symbol(startsFromZero ? Vocabulary.eos : form.start)),
      "eos_token": .string(vocabulary.symbol(Vocabulary.eos)),
      "layer_norm_epsilon": form.epsilon == TransformerForm.usualEpsilon
        ? nil : .number(form.epsilon),
      "multi_query_attention": false, "unk_token": .string(Vocabulary.unkSymbol),
    ]
    try addTables(bias: keepsPad ? Self.withoutPad(bias, vocabulary.count) : bias)
    for side in [form.encoder, form.decoder] { try addSide(side, activation) }
    try addPositions()
    writer.facts["decoder/start_from_zero_embedding"] = .int8(startsFromZero ? 1 : 0)
    try form.refuseUnplaced(placed, format: format)
  }

  /// Whether the vector of padding is zero, from which the decoder then starts.
  private static func hasZeroPad(_ form: TransformerForm) throws -> Bool {
    let name = form.sharesAll ? "encoder.embed_tokens.weight" : "decoder.embed_tokens.weight"
    let row = Int(Vocabulary.pad) * form.channels
    return try form.model.tensors.floats(name)[row..<(row + form.channels)].allSatisfy { $0 == 0 }
  }

  /// A bias that keeps padding from being chosen.
  private static func withoutPad(_ bias: [Float]?, _ symbols: Int) -> [Float] {
    var bias = bias ?? [Float](repeating: 0, count: symbols)
    bias[Int(Vocabulary.pad)] = ForeignVocabulary.excluded
    return bias
  }

  private mutating func addTable(
    _ name: String, of own: String, _ symbols: ExportedSymbols
  ) throws {
    let (shape, recipe) = try form.recipe(own, symbols)
    writer.tensors = writer.tensors.adding(name, shape: shape, recipe)
    writer.matrices.insert(name)
    placed.insert(own)
  }

  private mutating func addTables(bias: [Float]?) throws {
    let (decoder, encoder) = ("decoder/embeddings/weight", "encoder/embeddings_0/weight")
    let output = "decoder/projection/weight"
    let shared = "encoder.embed_tokens.weight"
    if form.sharesAll {
      try addTable(decoder, of: shared, target)
      writer.aliases[encoder] = decoder
    } else {
      try addTable(encoder, of: shared, source)
      try addTable(decoder, of: "decoder.embed_tokens.weight", target)
    }
    if form.sharesOutput {
      writer.aliases[output] = decoder
    } else {
      try addTable(output, of: "decoder.output_projection.weight", target)
    }
    placed.insert("decoder.output_projection.bias")
    guard let kept = bias.map({ bias in target.rows.map { bias[Int($0)] } }),
      kept.contains(where: { $0 != 0 })
    else { return }
    writer.tensors = writer.tensors.adding(
      "decoder/projection/bias", shape: [kept.count], .numbers(kept))
  }

  private mutating func addSide(_ side: TransformerForm.Side, _ activation: Int8) throws {
    let name = side.name
    let scale = form.scalesEmbeddings ? Float(form.channels).squareRoot() : 1
    var facts: [String: CTranslate2Writer.Fact] = [
      "activation": .int8(activation), "pre_norm": .int8(side.normalizesBefore ? 1 : 0),
      "num_heads": .int16(Int16(side.heads)), "scale_embeddings": .float32(scale),
    ]
    if name == "encoder" {
      (facts["embeddings_merge"], facts["multi_query_attention"]) = (.int8(0), .int8(0))
    } else {
      facts["alibi"] = .int8(0)
      facts["alibi_use_positive_positions"] = .int8(0)
      facts["scale_alibi"] = .int8(0)
      (facts["alignment_heads"], facts["alignment_layer"]) = (.int16(1), .int16(-1))
    }
    for (key, fact) in facts { writer.facts["\(name)/\(key)"] = fact }
    for (place, layer) in side.layers.enumerated() {
      try addLayer(
        "\(name)/layer_\(place)", "\(name).layers.\(layer)", isDecoder: name == "decoder")
    }
    if side.normalizesBefore { try addNorm("\(name)/layer_norm", "\(name).layer_norm") }
    if form.normalizesEmbeddings {
      try addNorm("\(name)/layernorm_embedding", "\(name).layernorm_embedding")
    }
  }

  private mutating func addLayer(_ theirs: String, _ own: String, isDecoder: Bool) throws {
    for part in CTranslate2Layer.parts(theirs, own, isDecoder: isDecoder) {
      switch part {
      case .linear(let theirs, let own): try addLinear(theirs, own)
      case .norm(let theirs, let own): try addNorm(theirs, own)
      }
    }
  }

  /// Adds a matrix, and its bias, that holds several maps one above the other.
  private mutating func addLinear(_ theirs: String, _ own: [String]) throws {
    for kind in ["weight", "bias"] {
      let names = own.map { "\($0).\(kind)" }
      let shapes = try names.map { try shape(of: $0) }
      let rows = shapes.reduce(0) { $0 + ($1.first ?? 0) }
      writer.tensors = writer.tensors.adding(
        "\(theirs)/\(kind)", shape: [rows] + shapes[0].dropFirst(), .stacked(names))
      if kind == "weight" { writer.matrices.insert("\(theirs)/\(kind)") }
    }
  }

  private mutating func addNorm(_ theirs: String, _ own: String) throws {
    for (kind, name) in [("gamma", "weight"), ("beta", "bias")] {
      let name = "\(own).\(name)"
      writer.tensors = writer.tensors.adding(
        "\(theirs)/\(kind)", shape: try shape(of: name), .same(name))
    }
  }

  /// The shape of a parameter, which has a place now.
  private mutating func shape(of name: String) throws -> [Int] {
    guard let shape = form.model.tensors.shape(of: name) else {
      throw UserError("\(form.model.path) has no '\(name)': it is a model of another kind")
    }
    placed.insert(name)
    return shape
  }

  private mutating func addPositions() throws {
    func name(_ side: TransformerForm.Side) -> String {
      "\(side.name)/position_encodings/encodings"
    }
    let (encoder, decoder) = (form.encoder, form.decoder)
    let places = max(encoder.positions, decoder.positions)
    let tables = try [encoder, decoder].map { try form.positionTable($0, places: places) }
    for (side, table) in zip([encoder, decoder], tables) {
      if side.learnsPositions { placed.insert("\(side.name).embed_positions.weight") }
      if side.name == "encoder", table == tables[1] {
        writer.aliases[name(encoder)] = name(decoder)
      } else {
        writer.tensors = writer.tensors.adding(
          name(side), shape: [table.count / form.channels, form.channels], .numbers(table))
      }
    }
  }
}
