import Fairline

/// Settings under fairseq's names, with underscores.
///
/// Short forms for equal sides (`embed_dim`, `ffn_dim`, `heads`, `learned_positions`, `share`) are
/// understood. Settings may stand beside each other, or in the groups of a fairseq checkpoint,
/// inside `fairseq` or not.
struct FairseqSettings {
  private var values: JSONObject

  init(_ values: JSONObject) {
    var flat = values
    let groups = values["fairseq"] ?? .object(values)
    for (group, name) in [("task", "task"), ("model", "arch")] {
      guard case .object(let members)? = groups[group] else { continue }
      for (key, value) in members where !["_name", "task"].contains(key) { flat[key] = value }
      if let chosen = members[name]?.stringValue ?? members["_name"]?.stringValue {
        flat[name] = .string(chosen)
      }
    }
    self.values = flat
  }

  mutating func remove(_ key: String) { values[key] = nil }

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

  /// The same without those that are not given.
  var givenSettings: JSONValue {
    guard case .object(let members) = settings else { return [:] }
    var result = JSONObject()
    for (key, value) in members where value != .null { result[key] = value }
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
