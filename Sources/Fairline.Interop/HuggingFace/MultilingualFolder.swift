import Fairline
import FairlineData

/// Models of many languages in Hugging Face's form: M2M-100 and NLLB-200 (`m2m_100`), mBART-50
/// (`mbart`).
///
/// Sources begin with the symbol of their language, outputs with that of theirs.
struct MultilingualFolder: Importer {
  func recognizes(_ candidate: ImportCandidate) -> Bool {
    ["m2m_100", "mbart"].contains(HuggingFaceFolder.kind(of: candidate))
  }

  func open(_ candidate: ImportCandidate) throws -> ImportedModel {
    let folder = try HuggingFaceFolder(candidate)
    let isBART = folder.settings.text("model_type") == "mbart"
    let family = try MultilingualFamily(folder, isBART: isBART)
    let parts = try MultilingualParts(folder, family, isBART: isBART)
    var notes: [String] = []
    let search = try folder.search(longest: parts.sizes.positions, notes: &notes)
    var task = JSONObject()
    task["sourceLang"] = folder.tokenizer.text("src_lang").map(JSONValue.string)
    task["targetLang"] = folder.tokenizer.text("tgt_lang").map(JSONValue.string)
    task["maxSourcePositions"] = .integer(parts.sizes.positions)
    task["maxTargetPositions"] = .integer(parts.sizes.positions)
    task["languageTokens"] = .string(family.token)
    if task["sourceLang"] == nil || task["targetLang"] == nil {
      notes.append("it names no languages: give --source-lang and --target-lang to translate")
    }
    var header = CheckpointHeader(
      architecture: ComponentRecord(name: "transformer", settings: .object(parts.settings)),
      task: ComponentRecord(name: "translation", settings: .object(task)),
      description: TaskDescription(
        sourceSymbols: parts.symbols.vocabulary.count,
        targetSymbols: parts.symbols.vocabulary.count, sharesVocabulary: true,
        maximumSourcePositions: parts.sizes.positions,
        maximumTargetPositions: parts.sizes.positions))
    header.search = search
    let marks = PieceMarks(
      symbols: folder.markedSymbols(usual: ["<s>", "<pad>", "</s>", "<unk>"]),
      hidden: family.languages.map(family.symbol))
    let dictionary = parts.symbols.vocabulary.serialized
    var model = ImportedModel(
      header: header,
      assets: [
        "dict.src": dictionary, "dict.tgt": dictionary, "spm.model": family.pieces,
        PieceMarks.asset: marks.serialized,
      ], tensors: parts.tensors.derived, unused: parts.tensors.unused)
    model.kind = "\(family.name) in Hugging Face's form"
    model.ignored = parts.tensors.ignored
    model.notes = notes
    return model
  }
}

/// What tells the families of multilingual models apart.
struct MultilingualFamily {
  /// The name for the user.
  let name: String
  /// The languages in the order of their numbers.
  let languages: [String]
  /// The symbol of a language, `{}` standing for its name.
  let token: String
  /// The model of pieces.
  let pieces: [UInt8]
  /// The symbols before those of languages.
  let symbols: [String]

  init(_ folder: HuggingFaceFolder, isBART: Bool) throws {
    pieces = try folder.contents(of: "sentencepiece.bpe.model")
    let kind = folder.tokenizer.text("tokenizer_class") ?? ""
    let hasVocabulary = folder.candidate.file("vocab.json") != nil
    if isBART {
      guard !kind.hasPrefix("MBartTokenizer") else {
        throw UserError(
          "\(folder.candidate.folder) is an mBART of 25 languages, whose sentences end with their "
            + "language: only mBART-50 is known here")
      }
      (name, languages, token) = ("mBART-50", LanguageLists.mBART50, "{}")
    } else if kind.hasPrefix("Nllb") || !hasVocabulary {
      (name, languages, token) = ("NLLB-200", LanguageLists.nllb200, "{}")
    } else {
      (name, languages, token) = ("M2M-100", LanguageLists.m2m100, "__{}__")
    }
    guard name == "M2M-100" else {
      symbols = try Self.symbols(ofPieces: pieces, folder)
      return
    }
    guard let members = try folder.candidate.object(in: "vocab.json") else {
      throw UserError("\(folder.candidate.folder) has no vocab.json: put it beside config.json")
    }
    symbols = try folder.symbols(in: "vocab.json", count: members.count)
  }

  /// The symbol of a language.
  func symbol(_ language: String) -> String { token.replacing("{}", with: language) }

  /// fairseq's order: four special symbols, then the pieces without their own special ones.
  private static func symbols(
    ofPieces bytes: [UInt8], _ folder: HuggingFaceFolder
  ) throws -> [String] {
    let model: SentencePieceModel
    do { model = try SentencePieceModel(serialized: bytes) } catch {
      throw UserError(
        "\(folder.candidate.folder): sentencepiece.bpe.model is no model of pieces (\(error)): use "
          + "another copy")
    }
    guard model.pieceCount > 3 else {
      throw UserError(
        "\(folder.candidate.folder): sentencepiece.bpe.model has no pieces: use another copy")
    }
    return ["<s>", "<pad>", "</s>", "<unk>"] + (3..<model.pieceCount).map(model.piece)
  }
}

/// What such a folder holds, in Fairline's order of symbols.
private struct MultilingualParts {
  let sizes: BartSizes
  let symbols: ForeignVocabulary
  var tensors: PlacedTensors
  var settings: JSONObject

  init(_ folder: HuggingFaceFolder, _ family: MultilingualFamily, isBART: Bool) throws {
    let config = folder.settings
    sizes = try BartSizes(config, activation: isBART ? "gelu" : "relu", scales: !isBART)
    tensors = PlacedTensors(layersOf: folder.tensors)
    settings = sizes.transformer
    let channels = sizes.channels.encoder
    let names =
      ["model.shared.weight"]
      + ["encoder", "decoder"].map { "model.\($0).embed_tokens.weight" }
    let table = try tensors.table(names, columns: channels)
    symbols = try Self.symbols(folder, family, rows: table.rows)
    tensors.add(table: "encoder.embed_tokens.weight", of: table.name, symbols)
    guard try config.flag("tie_word_embeddings", usual: true) else {
      throw UserError("\(config.path) has an output table of its own, which is not known here")
    }
    settings["shareAllEmbeddings"] = true
    settings["shareDecoderInputOutputEmbed"] = true
    settings["encoderNormalizeBefore"] = true
    settings["decoderNormalizeBefore"] = true
    tensors.ignore(names + ["lm_head.weight"])
    tensors.ignore(["encoder", "decoder"].map { "model.\($0).embed_positions.weights" })
    guard isBART else { return }
    settings["layernormEmbedding"] = true
    settings["outputBias"] = true
    try tensors.add(bias: "decoder.output_projection.bias", of: "final_logits_bias", symbols)
    for side in ["encoder", "decoder"] {
      settings["\(side)LearnedPos"] = true
      try tensors.add(
        copyOf: "model.\(side).embed_positions.weight", shape: [sizes.positions + 2, channels])
      for kind in ["weight", "bias"] {
        try tensors.add(copyOf: "model.\(side).layernorm_embedding.\(kind)", shape: [channels])
      }
    }
  }

  /// The symbols of all rows: those of text, those of languages, `<mask>` and made-up ones.
  private static func symbols(
    _ folder: HuggingFaceFolder, _ family: MultilingualFamily, rows: Int
  ) throws -> ForeignVocabulary {
    var symbols = family.symbols + family.languages.map(family.symbol)
    if family.name != "M2M-100" { symbols.append("<mask>") }
    guard symbols.count <= rows else {
      throw UserError(
        "\(folder.candidate.folder) has \(symbols.count) symbols and languages, and the model's "
          + "table \(rows) rows: use the tokenizer that belongs to the model")
    }
    symbols += (symbols.count..<rows).map { "madeupword\($0)" }
    for (number, text) in folder.markedNumbers where symbols.indices.contains(number) {
      symbols[number] = text
    }
    return try ForeignVocabulary(
      symbols, ForeignVocabulary.Specials(begin: 0, pad: 1, end: 2, unknown: 3),
      path: folder.candidate.folder)
  }
}
