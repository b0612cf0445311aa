import Fairline
import FairlineData
import FairlineTensor

/// Writes Hugging Face's form of fairseq's translation, `fsmt`: post-norm Transformers with
/// fairseq's positions, whose words are divided with `@@`.
struct FsmtExporter {
  private static let format = "huggingface"
  private static let joint = "@@"
  private static let end = "</w>"

  private let form: TransformerForm
  private let source, target: ExportedSymbols
  private var parts: HuggingFaceParts
  private let activation: String
  private let positions: Int

  /// Whether a model is one of these: nothing else holds its symbols.
  static func fits(_ form: TransformerForm) -> Bool {
    let (encoder, decoder) = (form.encoder, form.decoder)
    func isDivided(_ side: TransformerForm.Side) -> Bool {
      form.plainSymbols(side).contains { side.vocabulary.symbol($0).hasSuffix(joint) }
    }
    return form.computesPositions(by: .fairseq) && form.sharesOutput && form.endsSources
      && !encoder.normalizesBefore && !decoder.normalizesBefore && !form.normalizesEmbeddings
      && form.epsilon == TransformerForm.usualEpsilon && form.start == Vocabulary.eos
      && form.model.tensors.shape(of: "decoder.output_projection.bias") == nil
      && form.pieceModels(joint: [""], source: "", target: "").isEmpty
      && isDivided(encoder) && isDivided(decoder)
  }

  /// Places all parameters.
  init(_ form: TransformerForm) throws {
    self.form = form
    activation = try form.activationName(format: Self.format)
    positions = max(form.encoder.positions, form.decoder.positions)
    func symbols(_ side: TransformerForm.Side) -> ExportedSymbols {
      ExportedSymbols(side.vocabulary, (0..<Int32(side.vocabulary.count)).map(\.self))
    }
    (source, target) = (symbols(form.encoder), symbols(form.decoder))
    parts = HuggingFaceParts(form)
    let (encoder, decoder) = ("encoder.embed_tokens.weight", "decoder.embed_tokens.weight")
    let shared = form.sharesAll ? encoder : decoder
    try parts.addTable("model." + encoder, of: encoder, source)
    try parts.addTable("model." + decoder, of: shared, target)
    try parts.addTable("model.decoder.output_projection.weight", of: shared, target)
    parts.addLayers()
    try parts.refuseUnplaced(format: Self.format)
  }

  /// Writes the folder.
  func write(to folder: String) throws -> [String] {
    try parts.write(
      to: folder,
      documents: [
        ("config.json", config), ("generation_config.json", generation),
        ("tokenizer_config.json", tokenizer), ("vocab-src.json", Self.numbers(of: source)),
        ("vocab-tgt.json", Self.numbers(of: target)),
      ], files: [])
    return [
      "the codes that divide words are not in the model: put them beside as merges.txt for "
        + "Hugging Face's tokenizer"
    ]
  }

  // MARK: - Documents

  /// Symbols with their numbers, as Hugging Face writes them: `wo` inside a word, `word</w>` at its
  /// end.
  private static func numbers(of symbols: ExportedSymbols) -> JSONValue {
    var numbers = JSONObject()
    for (number, text) in symbols.texts.enumerated() {
      let isOther = number <= Vocabulary.unk || text.hasPrefix("madeupword")
      let inside = text.hasSuffix(joint)
      numbers[isOther ? text : inside ? String(text.dropLast(joint.count)) : text + end] =
        .integer(number)
    }
    return .object(numbers)
  }

  private var languages: [JSONValue] {
    let task = form.model.header.task.settings
    return ["sourceLang", "targetLang"].compactMap { key in
      task[key]?.stringValue.map(JSONValue.string)
    }
  }

  private var config: JSONValue {
    var config = form.sizes(activation: activation, positions: positions)
    config["architectures"] = ["FSMTForConditionalGeneration"]
    config["model_type"] = "fsmt"
    config["bos_token_id"] = .integer(Int(Vocabulary.bos))
    config["decoder"] = [
      "bos_token_id": .integer(Int(Vocabulary.eos)), "model_type": "fsmt_decoder",
      "vocab_size": .integer(target.rows.count),
    ]
    config["decoder_start_token_id"] = .integer(Int(Vocabulary.eos))
    config["eos_token_id"] = .integer(Int(Vocabulary.eos))
    config["langs"] = .array(languages)
    config["pad_token_id"] = .integer(Int(Vocabulary.pad))
    config["src_vocab_size"] = .integer(source.rows.count)
    config["tgt_vocab_size"] = .integer(target.rows.count)
    config["tie_word_embeddings"] = false
    return .object(config)
  }

  private var generation: JSONValue {
    .object(HuggingFaceSearch(form, positions: positions).withSpecialSymbols)
  }

  private var tokenizer: JSONValue {
    ["langs": .array(languages), "tokenizer_class": "FSMTTokenizer"]
  }
}
