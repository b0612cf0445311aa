import Fairline
import FairlineData
import FairlineFoundation
import FairlineTensor

/// Writes a folder of Hugging Face's form of Marian's models: settings, tensors, vocabularies and
/// the SentencePiece models.
///
/// The class normalises after sub-layers and adds fixed positions. Tables of other positions than
/// its own are stored with the tensors, under the names that older files have, and the class takes
/// them.
struct MarianExporter: Exporter {
  private static let format = "huggingface"

  func write(_ model: ExportedModel, to folder: String) throws -> [String] {
    let form = try TransformerForm(model, format: Self.format)
    let content = try MarianContent(form, format: Self.format)
    try content.writeTensors(to: Paths.join(folder, "model.safetensors"))
    var files: [(name: String, bytes: [UInt8])] = content.documents.map { name, document in
      (name, Array((document.prettyText + "\n").utf8))
    }
    let pieces = form.pieceModels(
      joint: ["source.spm", "target.spm"], source: "source.spm", target: "target.spm")
    files += pieces.map { ($0.0, $0.1) }
    for (name, bytes) in files {
      let file = try FileWriter(Paths.join(folder, name))
      try file.write(bytes)
      try file.finish()
    }
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
  private var tensors: DerivedTensors
  private var placed: Set<String> = []
  private let activation: String
  /// Whether the class would compute other positions.
  let storesPositions: Bool
  private var positions: Int

  private static let activations = ["relu": "relu", "swish": "swish", "gelu": "gelu"]

  init(_ form: TransformerForm, format: String) throws {
    self.form = form
    let path = form.model.path
    guard !form.model.isRounded else {
      throw UserError("the format \(format) holds no 8 bit integers: leave out --quantize")
    }
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
    guard let activation = Self.activations[form.activation] else {
      throw UserError(
        "\(path) has the activation '\(form.activation)', and the format \(format) holds "
          + "\(Self.activations.keys.sorted().joined(separator: ", "))")
    }
    self.activation = activation
    let bias = try form.outputBias()
    (source, target) = Self.symbols(form, knowsBegin: form.knowsBegin(bias))
    tensors = DerivedTensors(of: form.model.tensors)
    storesPositions = !form.computesPositions(by: .vaswani)
    positions = max(form.encoder.positions, form.decoder.positions)
    try addTables(bias)
    for side in [form.encoder, form.decoder] { addLayers(side) }
    if storesPositions { try addPositions() }
    try form.refuseUnplaced(placed, format: format)
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

  private mutating func addTable(
    _ name: String, of own: String, _ symbols: ExportedSymbols
  ) throws {
    let (shape, recipe) = try form.recipe(own, symbols)
    tensors = tensors.adding(name, shape: shape, recipe)
    placed.insert(own)
  }

  private mutating func addTables(_ bias: [Float]?) throws {
    let encoder = "encoder.embed_tokens.weight"
    if form.sharesAll {
      try addTable("model.shared.weight", of: encoder, target)
    } else {
      try addTable("model.\(encoder)", of: encoder, source)
      let decoder = "decoder.embed_tokens.weight"
      try addTable("model.\(decoder)", of: decoder, target)
      if !form.sharesOutput {
        try addTable("lm_head.weight", of: "decoder.output_projection.weight", target)
      }
    }
    placed.insert("decoder.output_projection.bias")
    let numbers = target.rows.map { row -> Float in
      row < 0 ? ForeignVocabulary.excluded : bias?[Int(row)] ?? 0
    }
    tensors = tensors.adding("final_logits_bias", shape: [1, numbers.count], .numbers(numbers))
  }

  /// Adds the tensors of a stack's layers, numbered from 0.
  private mutating func addLayers(_ side: TransformerForm.Side) {
    for (place, layer) in side.layers.enumerated() {
      let prefix = "\(side.name).layers.\(layer)."
      for name in form.model.tensors.names where name.hasPrefix(prefix) {
        let rest = name.dropFirst(prefix.count)
        tensors = tensors.adding(
          "model.\(side.name).layers.\(place).\(rest)",
          shape: form.model.tensors.shape(of: name) ?? [], .same(name))
        placed.insert(name)
      }
    }
  }

  private mutating func addPositions() throws {
    let sides = [form.encoder, form.decoder]
    let tables = try sides.map { try form.positionTable($0, places: positions) }
    // Both tables have as many rows as the settings say.
    positions = min(positions, (tables.map(\.count).min() ?? 0) / form.channels)
    for (side, table) in zip(sides, tables) {
      if side.learnsPositions { placed.insert("\(side.name).embed_positions.weight") }
      tensors = tensors.adding(
        "model.\(side.name).embed_positions.weight", shape: [positions, form.channels],
        .numbers(Array(table.prefix(positions * form.channels))))
    }
  }

  func writeTensors(to path: String) throws {
    let writer = try TensorFileWriter(
      path: path,
      tensors: tensors.names.map { TensorDeclaration($0, tensors.shape(of: $0) ?? []) },
      metadata: ["format": "pt"])
    for name in tensors.names { try writer.write(name, try tensors.floats(name)) }
    try writer.finish()
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
    let settings = form.model.header.architecture.settings
    func dropout(_ name: String) -> JSONValue { settings[name] ?? 0.0 }
    let (encoder, decoder) = (form.encoder, form.decoder)
    return [
      "activation_dropout": dropout("activationDropout"),
      "activation_function": .string(activation), "architectures": ["MarianMTModel"],
      "attention_dropout": dropout("attentionDropout"), "d_model": .integer(form.channels),
      "decoder_attention_heads": .integer(decoder.heads),
      "decoder_ffn_dim": .integer(decoder.hidden),
      "decoder_layers": .integer(decoder.layers.count), "decoder_start_token_id": start,
      "decoder_vocab_size": .integer(target.rows.count), "dropout": dropout("dropout"),
      "dtype": "float32", "encoder_attention_heads": .integer(encoder.heads),
      "encoder_ffn_dim": .integer(encoder.hidden),
      "encoder_layers": .integer(encoder.layers.count), "eos_token_id": Self.end,
      "forced_eos_token_id": Self.end, "is_encoder_decoder": true,
      "max_position_embeddings": .integer(positions), "model_type": "marian",
      "num_hidden_layers": .integer(encoder.layers.count), "pad_token_id": pad,
      "scale_embedding": .bool(form.scalesEmbeddings),
      "share_encoder_decoder_embeddings": .bool(form.sharesAll),
      "tie_word_embeddings": .bool(form.sharesOutput), "use_cache": true,
      "vocab_size": .integer(source.rows.count),
    ]
  }

  /// The settings of the search that the model brings; else fairseq's, as close as they come.
  private var generation: JSONValue {
    let search = form.model.header.search
    func number(_ name: String, _ usual: Int) -> Int { search?[name]?.integerValue ?? usual }
    let isOwn = search?["conventions"]?.stringValue == "huggingface"
    // Both lengths count the start, the upper one the end too.
    let longest = min(number("maxLenB", 200) + 2, positions)
    var settings: JSONObject = JSONObject()
    settings["bad_words_ids"] = [[pad]]
    settings["decoder_start_token_id"] = start
    settings["early_stopping"] = search?["earlyStopping"] ?? .bool(!isOwn)
    settings["eos_token_id"] = Self.end
    settings["forced_eos_token_id"] = Self.end
    settings["length_penalty"] = search?["lenpen"] ?? 1.0
    settings["max_length"] = .integer(longest)
    let least = number("minLen", 1)
    if least > 0 { settings["min_length"] = .integer(least + 1) }
    if number("noRepeatNgramSize", 0) > 0 {
      settings["no_repeat_ngram_size"] = .integer(number("noRepeatNgramSize", 0))
    }
    settings["num_beams"] = .integer(number("beam", 5))
    settings["pad_token_id"] = pad
    settings["renormalize_logits"] = search?["renormalize"] ?? false
    return .object(settings)
  }

  private var tokenizer: JSONValue {
    let task = form.model.header.task.settings
    var added = JSONObject()
    for (symbol, number) in markedSymbols {
      added["\(number)"] = [
        "content": .string(symbol), "lstrip": false, "normalized": false, "rstrip": false,
        "single_word": false, "special": true,
      ]
    }
    var settings = JSONObject()
    settings["added_tokens_decoder"] = .object(added)
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
