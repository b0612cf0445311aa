import Fairline
import FairlineData
import FairlineTensor

/// Writes a folder of Hugging Face's form: settings, tensors, vocabularies and the SentencePiece
/// models.
///
/// Models of many languages become M2M-100, NLLB-200 or mBART-50, models of fairseq's with divided
/// words `fsmt`, and others Marian's.
struct HuggingFaceExporter: Exporter {
  private static let format = "huggingface"

  func write(_ model: ExportedModel, to folder: String) throws -> [String] {
    let form = try TransformerForm(model, format: Self.format)
    guard !model.isRounded else {
      throw UserError("the format \(Self.format) holds no 8 bit integers: leave out --quantize")
    }
    if form.hasLanguageTokens { return try MultilingualExporter(form).write(to: folder) }
    if FsmtExporter.fits(form) { return try FsmtExporter(form).write(to: folder) }
    return try MarianExporter(form).write(to: folder)
  }
}

/// Writes Hugging Face's form of Marian's models.
///
/// The class normalises after sub-layers and adds fixed positions. Tables of other positions than
/// its own are stored with the tensors, under the names that older files have, and the class takes
/// them.
private struct MarianExporter {
  private static let format = "huggingface"
  private let form: TransformerForm

  init(_ form: TransformerForm) { self.form = form }

  func write(to folder: String) throws -> [String] {
    let content = try MarianContent(form, format: Self.format)
    let pieces = form.pieceModels(
      joint: ["source.spm", "target.spm"], source: "source.spm", target: "target.spm")
    try content.parts.write(to: folder, documents: content.documents, files: pieces)
    var notes: [String] = []
    if pieces.isEmpty {
      notes.append("no model of pieces: the folder has no tokenizer, only the symbols' numbers")
    }
    if form.epsilon < TransformerForm.usualEpsilon {
      notes.append(
        "the class adds \(TransformerForm.usualEpsilon) to variances, and the model "
          + "\(form.epsilon): outputs differ slightly")
    }
    if content.storesPositions {
      notes.append("positions are stored as tables, which the class takes when it reads the file")
    }
    return notes
  }
}

/// What the files of such a folder hold.
private struct MarianContent {
  private let form: TransformerForm
  private let source, target: ExportedSymbols
  private(set) var parts: HuggingFaceParts
  private let activation: String
  /// Whether the class would compute other positions.
  let storesPositions: Bool
  private var positions: Int

  init(_ form: TransformerForm, format: String) throws {
    self.form = form
    let path = form.model.path
    guard form.endsSources else {
      throw UserError(
        "\(path) reads sources without an end, which Marian's models have: use the format "
          + "ctranslate2")
    }
    guard !form.encoder.normalizesBefore, !form.decoder.normalizesBefore else {
      throw UserError(
        "\(path) normalises before its sub-layers, which Marian's models do not: use the format "
          + "ctranslate2")
    }
    guard form.epsilon <= TransformerForm.usualEpsilon else {
      throw UserError(
        "\(path) adds \(form.epsilon) to variances, and the format \(format) "
          + "\(TransformerForm.usualEpsilon): use the format ctranslate2")
    }
    guard !form.normalizesEmbeddings else {
      throw UserError(
        "\(path) normalises embeddings, which Marian's models do not: use the format ctranslate2")
    }
    activation = try form.activationName(format: format)
    let bias = try form.outputBias()
    (source, target) = Self.symbols(form, knowsBegin: form.knowsBegin(bias))
    parts = HuggingFaceParts(form)
    storesPositions = !form.computesPositions(by: .vaswani)
    positions = max(form.encoder.positions, form.decoder.positions)
    try addTables(bias)
    parts.addLayers()
    if storesPositions { try addPositions() }
    try parts.refuseUnplaced(format: format)
  }

  /// The symbols in the order of Marian's files: the end, the unknown symbol, the others, padding.
  ///
  /// One number of padding serves both sides, so that both have equally many symbols.
  private static func symbols(
    _ form: TransformerForm, knowsBegin: Bool
  ) -> (ExportedSymbols, ExportedSymbols) {
    func symbols(_ side: TransformerForm.Side) -> ExportedSymbols {
      let front = [Vocabulary.eos, Vocabulary.unk] + (knowsBegin ? [Vocabulary.bos] : [])
      return ExportedSymbols(
        side.vocabulary, front + form.plainSymbols(side) + [Vocabulary.pad])
    }
    var (source, target) = (symbols(form.encoder), symbols(form.decoder))
    let count = max(source.rows.count, target.rows.count)
    source.fill(to: count)
    target.fill(to: count)
    return (source, target)
  }

  // MARK: - Tensors

  private mutating func addTables(_ bias: [Float]?) throws {
    let encoder = "encoder.embed_tokens.weight"
    if form.sharesAll {
      try parts.addTable("model.shared.weight", of: encoder, target)
    } else {
      try parts.addTable("model.\(encoder)", of: encoder, source)
      let decoder = "decoder.embed_tokens.weight"
      try parts.addTable("model.\(decoder)", of: decoder, target)
      if !form.sharesOutput {
        try parts.addTable("lm_head.weight", of: "decoder.output_projection.weight", target)
      }
    }
    parts.addBias(bias, target)
  }

  private mutating func addPositions() throws {
    let sides = [form.encoder, form.decoder]
    let tables = try sides.map { try form.positionTable($0, places: positions) }
    // Both tables have as many rows as the settings say.
    positions = min(positions, (tables.map(\.count).min() ?? 0) / form.channels)
    for (side, table) in zip(sides, tables) {
      if side.learnsPositions { parts.placed.insert("\(side.name).embed_positions.weight") }
      parts.add(
        "model.\(side.name).embed_positions.weight", shape: [positions, form.channels],
        .numbers(Array(table.prefix(positions * form.channels))))
    }
  }

  // MARK: - Documents

  /// The files of settings and symbols.
  var documents: [(String, JSONValue)] {
    var documents = [
      ("config.json", config), ("generation_config.json", generation),
      ("tokenizer_config.json", tokenizer), ("vocab.json", Self.numbers(of: source)),
    ]
    if !form.sharesAll { documents.append(("target_vocab.json", Self.numbers(of: target))) }
    return documents
  }

  private static func numbers(of symbols: ExportedSymbols) -> JSONValue {
    var numbers = JSONObject()
    for (number, text) in symbols.texts.enumerated() { numbers[text] = .integer(number) }
    return .object(numbers)
  }

  /// The number of padding, the last one.
  private var pad: JSONValue { .integer(target.rows.count - 1) }
  /// The number of the end.
  private static let end = JSONValue.integer(0)
  private var start: JSONValue { .integer(target.place(of: form.start) ?? 0) }

  private var config: JSONValue {
    var config = form.sizes(activation: activation, positions: positions)
    config["architectures"] = ["MarianMTModel"]
    config["decoder_start_token_id"] = start
    config["decoder_vocab_size"] = .integer(target.rows.count)
    config["eos_token_id"] = Self.end
    config["forced_eos_token_id"] = Self.end
    config["model_type"] = "marian"
    config["pad_token_id"] = pad
    config["share_encoder_decoder_embeddings"] = .bool(form.sharesAll)
    config["tie_word_embeddings"] = .bool(form.sharesOutput)
    config["vocab_size"] = .integer(source.rows.count)
    return .object(config)
  }

  private var generation: JSONValue {
    var settings = HuggingFaceSearch(form, positions: positions).settings
    settings["bad_words_ids"] = [[pad]]
    settings["decoder_start_token_id"] = start
    settings["eos_token_id"] = Self.end
    settings["forced_eos_token_id"] = Self.end
    settings["pad_token_id"] = pad
    return .object(settings)
  }

  private var tokenizer: JSONValue {
    let task = form.model.header.task.settings
    var settings = JSONObject()
    settings["added_tokens_decoder"] = HuggingFaceParts.marked(markedSymbols)
    settings["clean_up_tokenization_spaces"] = false
    settings["eos_token"] = "</s>"
    settings["model_max_length"] = .integer(positions)
    settings["pad_token"] = "<pad>"
    settings["separate_vocabs"] = .bool(!form.sharesAll)
    for (key, name) in [("source_lang", "sourceLang"), ("target_lang", "targetLang")] {
      settings[key] = task[name]?.stringValue.map(JSONValue.string)
    }
    settings["tokenizer_class"] = "MarianTokenizer"
    settings["unk_token"] = .string(Vocabulary.unkSymbol)
    return .object(settings)
  }

  /// The symbols that stand for themselves in text, with their numbers.
  private var markedSymbols: [(String, Int)] {
    let marks = form.model.assets[PieceMarks.asset].flatMap { try? PieceMarks(serialized: $0) }
    let symbols = marks?.symbols ?? ["</s>", Vocabulary.unkSymbol, "<pad>"]
    return symbols.compactMap { symbol in
      source.texts.firstIndex(of: symbol).map { (symbol, $0) }
    }.sorted { $0.1 < $1.1 }
  }
}
