import Foundation

/// A safetensors file with fairseq's parameter names: what it is stands in the `config.json` beside it.
///
/// The configuration has fairseq's setting names, with underscores; short forms for equal sides (`embed_dim`, `ffn_dim`, `heads`,
/// `learned_positions`, `share`) are understood. Dictionaries are `dict.txt`, or `dict.src.txt` and `dict.tgt.txt`.
struct ForeignModel {
  var header: CheckpointHeader
  /// Paths of the task's assets by name.
  var assets: [String: String] = [:]

  init(beside tensors: TensorFile) throws {
    let folder = (tensors.path as NSString).deletingLastPathComponent
    func file(_ name: String) -> String? {
      let path = (folder as NSString).appendingPathComponent(name)
      return FileManager.default.fileExists(atPath: path) ? path : nil
    }
    guard let path = file("config.json") else {
      throw UserError(
        "\(tensors.path) is no Fairline checkpoint: a file from elsewhere needs a config.json beside it"
      )
    }
    let config = try ForeignConfiguration(path: path)
    let source = config.text("source_lang") ?? "src"
    let target = config.text("target_lang") ?? "tgt"
    let joint = file("dict.txt")
    assets["dict.src"] = file("dict.\(source).txt") ?? joint
    assets["dict.tgt"] = file("dict.\(target).txt") ?? joint
    assets["spm.model"] = file("spm.model")
    // Languages that nobody named are found in the data, where there is any.
    var languages: JSONObject = JSONObject()
    if let named = config.text("source_lang") { languages["sourceLang"] = .string(named) }
    if let named = config.text("target_lang") { languages["targetLang"] = .string(named) }
    header = CheckpointHeader(
      architecture: ComponentRecord(
        name: config.text("arch") ?? "transformer", settings: config.settings),
      task: ComponentRecord(
        name: config.text("task") ?? "translation",
        settings: .object(languages)),
      description: Self.describe(tensors, config, isJoint: joint != nil))
  }

  private static func describe(
    _ tensors: TensorFile, _ config: ForeignConfiguration, isJoint: Bool
  ) -> TaskDescription {
    func rows(_ name: String) -> Int? { tensors[name]?.shape.first }
    let both = config.number("vocab")
    let source =
      both ?? config.number("src_vocab") ?? rows("encoder.embed_tokens.weight") ?? 0
    let target =
      both ?? config.number("tgt_vocab") ?? rows("decoder.output_projection.weight")
      ?? rows("decoder.embed_tokens.weight") ?? source
    return TaskDescription(
      sourceSymbols: source, targetSymbols: target,
      sharesVocabulary: isJoint && source == target,
      maximumSourcePositions: config.number("max_source_positions") ?? 1024,
      maximumTargetPositions: config.number("max_target_positions") ?? 1024)
  }
}

/// Settings under fairseq's names.
struct ForeignConfiguration {
  private let values: JSONObject

  init(path: String) throws {
    guard let data = FileManager.default.contents(atPath: path),
      let json = try? data.withUnsafeBytes({ try JSONValue(parsing: $0) }),
      case .object(let members) = json
    else {
      throw UserError("\(path) is not a JSON object of settings: repair it or remove it")
    }
    values = members
  }

  func text(_ key: String) -> String? { values[key]?.stringValue }
  func number(_ key: String) -> Int? { values[key]?.integerValue }

  /// The settings under the names of properties, `encoderEmbedDim` for `encoder_embed_dim`.
  var settings: JSONValue {
    var result = JSONObject()
    for (key, value) in values {
      for name in Self.expansions[key] ?? [key] { result[name.propertyName] = value }
    }
    switch text("share") {
    case "all": result["shareAllEmbeddings"] = true
    case "dec": result["shareDecoderInputOutputEmbed"] = true
    default: break
    }
    return .object(result)
  }

  private static let expansions: [String: [String]] = [
    "embed_dim": ["encoder_embed_dim", "decoder_embed_dim"],
    "ffn_dim": ["encoder_ffn_embed_dim", "decoder_ffn_embed_dim"],
    "heads": ["encoder_attention_heads", "decoder_attention_heads"],
    "learned_positions": ["encoder_learned_pos", "decoder_learned_pos"],
    "relu_dropout": ["activation_dropout"],
  ]
}
