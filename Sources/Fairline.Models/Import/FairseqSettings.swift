import Fairline

/// Settings under fairseq's names, with underscores; short forms for equal sides (`embed_dim`,
/// `ffn_dim`, `heads`, `learned_positions`, `share`) are understood.
struct FairseqSettings {
  private var values: JSONObject

  init(_ values: JSONObject) { self.values = values }

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

  private static let expansions: [String: [String]] = [
    "embed_dim": ["encoder_embed_dim", "decoder_embed_dim"],
    "ffn_dim": ["encoder_ffn_embed_dim", "decoder_ffn_embed_dim"],
    "heads": ["encoder_attention_heads", "decoder_attention_heads"],
    "learned_positions": ["encoder_learned_pos", "decoder_learned_pos"],
    "relu_dropout": ["activation_dropout"],
  ]
}
