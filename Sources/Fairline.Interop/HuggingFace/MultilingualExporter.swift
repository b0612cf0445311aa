import Fairline
import FairlineData
import FairlineTensor

/// Writes Hugging Face's form of models of many languages: M2M-100 and NLLB-200 (`m2m_100`) or
/// mBART-50 (`mbart`), whichever the model's positions and symbols are those of.
struct MultilingualExporter {
  private static let format = "huggingface"

  private let form: TransformerForm
  private let family: Family
  private let symbols: ExportedSymbols
  private var parts: HuggingFaceParts
  private let activation: String
  private let positions: Int

  /// One of the families.
  private enum Family {
    case m2m100, nllb200, mBART50

    var isBART: Bool { self == .mBART50 }
    /// The languages in the order of their numbers.
    var languages: [String] {
      switch self {
      case .m2m100: LanguageLists.m2m100
      case .nllb200: LanguageLists.nllb200
      case .mBART50: LanguageLists.mBART50
      }
    }
    /// The symbol of a language, `{}` standing for its name.
    var token: String { self == .m2m100 ? "__{}__" : "{}" }
    var tokenizer: String {
      switch self {
      case .m2m100: "M2M100Tokenizer"
      case .nllb200: "NllbTokenizer"
      case .mBART50: "MBart50Tokenizer"
      }
    }

    func symbol(_ language: String) -> String { token.replacing("{}", with: language) }
  }

  /// Places all parameters.
  ///
  /// - Throws: `UserError` naming what these forms do not hold.
  init(_ form: TransformerForm) throws {
    self.form = form
    let path = form.model.path
    func refuse(_ what: String) -> UserError {
      UserError(
        "\(path) \(what), which Hugging Face's models of many languages do not: use the format "
          + "ctranslate2")
    }
    let (encoder, decoder) = (form.encoder, form.decoder)
    guard form.sharesAll else { throw refuse("has a table for each side") }
    guard form.endsSources else { throw refuse("reads sources without an end") }
    guard encoder.normalizesBefore, decoder.normalizesBefore else {
      throw refuse("normalises after its sub-layers")
    }
    guard form.epsilon == TransformerForm.usualEpsilon else {
      throw refuse("adds \(form.epsilon) to variances")
    }
    guard form.start == Vocabulary.eos else { throw refuse("starts from another symbol") }
    let family = try Self.family(form)
    self.family = family
    let isComputed = form.computesPositions(by: .fairseq)
    let isLearned = encoder.learnsPositions && decoder.learnsPositions
    guard family.isBART ? isLearned && form.normalizesEmbeddings : isComputed else {
      throw refuse("has other positions or normalisations than the family of its languages")
    }
    if !family.isBART, form.normalizesEmbeddings { throw refuse("normalises embeddings") }
    activation = try form.activationName(format: Self.format)
    symbols = ExportedSymbols(
      decoder.vocabulary, (0..<Int32(decoder.vocabulary.count)).map(\.self))
    parts = HuggingFaceParts(form)
    try parts.addTable("model.shared.weight", of: "encoder.embed_tokens.weight", symbols)
    parts.addLayers()
    for side in ["encoder", "decoder"] {
      for kind in ["weight", "bias"] { try parts.addSame("\(side).layer_norm.\(kind)") }
    }
    let bias = try form.outputBias()
    guard family.isBART else {
      positions = max(encoder.positions, decoder.positions)
      guard bias == nil else { throw refuse("adds a bias to its logits") }
      try parts.refuseUnplaced(format: Self.format)
      return
    }
    parts.addBias(bias, symbols)
    var rows: [Int] = []
    for side in ["encoder", "decoder"] {
      let name = "\(side).embed_positions.weight"
      try parts.addSame(name)
      rows.append(form.model.tensors.shape(of: name)?.first ?? 0)
      for kind in ["weight", "bias"] { try parts.addSame("\(side).layernorm_embedding.\(kind)") }
    }
    guard rows[0] == rows[1] else { throw refuse("has longer positions on one side") }
    positions = rows[0] - 2
    try parts.refuseUnplaced(format: Self.format)
  }

  /// The family whose languages the model has.
  private static func family(_ form: TransformerForm) throws -> Family {
    let token = form.model.header.task.settings["languageTokens"]?.stringValue
    let vocabulary = form.decoder.vocabulary
    let families: [Family] = [.m2m100, .mBART50, .nllb200]
    let found = families.first { family in
      family.token == token
        && family.languages.allSatisfy { vocabulary.contains(family.symbol($0)) }
    }
    guard let found else {
      throw UserError(
        "\(form.model.path) has other languages than M2M-100, NLLB-200 and mBART-50, whose lists "
          + "Hugging Face's tokenizers have: use the format ctranslate2")
    }
    return found
  }

  /// Writes the folder.
  func write(to folder: String) throws -> [String] {
    var documents = [
      ("config.json", config), ("generation_config.json", generation),
      ("tokenizer_config.json", tokenizer),
    ]
    if family == .m2m100 { documents.append(("vocab.json", plainSymbols)) }
    let name = "sentencepiece.bpe.model"
    let pieces = form.pieceModels(joint: [name], source: name, target: name)
    try parts.write(to: folder, documents: documents, files: Array(pieces.prefix(1)))
    return pieces.isEmpty
      ? ["no model of pieces: the folder has no tokenizer, only the symbols' numbers"] : []
  }

  // MARK: - Documents

  private func language(_ name: String) -> String? {
    form.model.header.task.settings[name]?.stringValue
  }

  /// The number of the target language's symbol, with which outputs begin.
  private var forcedStart: JSONValue? {
    language("targetLang").map { .integer(Int(form.decoder.vocabulary.id(of: family.symbol($0)))) }
  }

  private var config: JSONValue {
    var config = form.sizes(activation: activation, positions: positions)
    config["architectures"] = [
      family.isBART ? "MBartForConditionalGeneration" : "M2M100ForConditionalGeneration"
    ]
    config["model_type"] = family.isBART ? "mbart" : "m2m_100"
    config["bos_token_id"] = .integer(Int(Vocabulary.bos))
    config["decoder_start_token_id"] = .integer(Int(Vocabulary.eos))
    config["eos_token_id"] = .integer(Int(Vocabulary.eos))
    config["pad_token_id"] = .integer(Int(Vocabulary.pad))
    config["tie_word_embeddings"] = true
    config["vocab_size"] = .integer(symbols.rows.count)
    return .object(config)
  }

  private var generation: JSONValue {
    var settings = HuggingFaceSearch(form, positions: positions).withSpecialSymbols
    settings["forced_bos_token_id"] = forcedStart
    return .object(settings)
  }

  private var tokenizer: JSONValue {
    let vocabulary = form.decoder.vocabulary
    let special = ["<s>", "<pad>", "</s>", Vocabulary.unkSymbol]
    let own = family == .m2m100 ? [] : family.languages + ["<mask>"]
    let marked = (special + own).filter(vocabulary.contains).map {
      ($0, Int(vocabulary.id(of: $0)))
    }
    var settings = JSONObject()
    settings["added_tokens_decoder"] = HuggingFaceParts.marked(marked)
    if family != .m2m100 {
      settings["additional_special_tokens"] = .array(family.languages.map(JSONValue.string))
      settings["mask_token"] = "<mask>"
    } else {
      settings["language_codes"] = "m2m100"
      settings["num_madeup_words"] = .integer(Self.madeUp)
    }
    settings["bos_token"] = "<s>"
    settings["clean_up_tokenization_spaces"] = false
    settings["cls_token"] = family == .m2m100 ? nil : "<s>"
    settings["eos_token"] = "</s>"
    settings["model_max_length"] = .integer(positions)
    settings["pad_token"] = "<pad>"
    settings["sep_token"] = "</s>"
    settings["src_lang"] = language("sourceLang").map(JSONValue.string)
    settings["tgt_lang"] = language("targetLang").map(JSONValue.string)
    settings["tokenizer_class"] = .string(family.tokenizer)
    settings["unk_token"] = .string(Vocabulary.unkSymbol)
    return .object(settings)
  }

  /// Symbols that M2M-100's tokenizer makes up behind the languages.
  private static let madeUp = 8

  /// The symbols before those of languages, with their numbers.
  private var plainSymbols: JSONValue {
    let first = family.symbol(family.languages[0])
    var numbers = JSONObject()
    for (number, text) in symbols.texts.prefix(while: { $0 != first }).enumerated() {
      numbers[text] = .integer(number)
    }
    return .object(numbers)
  }
}
