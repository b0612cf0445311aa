/// What a layer of a Transformer holds, by CTranslate2's names and by those of here, in the order
/// in which its files are written.
enum CTranslate2Layer {
  /// A part of a layer.
  enum Part {
    /// A matrix, and its bias, that holds maps one above the other.
    case linear(theirs: String, own: [String])
    /// A normalisation.
    case norm(theirs: String, own: String)
  }

  /// The parts of a layer.
  ///
  /// - Parameters:
  ///   - theirs: what CTranslate2's names begin with.
  ///   - own: what the names of here begin with.
  static func parts(_ theirs: String, _ own: String, isDecoder: Bool) -> [Part] {
    let attention = "\(own).self_attn"
    var parts: [Part] = [
      .linear(
        theirs: "\(theirs)/self_attention/linear_0",
        own: ["q", "k", "v"].map { "\(attention).\($0)_proj" }),
      .linear(theirs: "\(theirs)/self_attention/linear_1", own: ["\(attention).out_proj"]),
      .norm(theirs: "\(theirs)/self_attention/layer_norm", own: "\(attention)_layer_norm"),
    ]
    if isDecoder {
      let attention = "\(own).encoder_attn"
      parts += [
        .linear(theirs: "\(theirs)/attention/linear_0", own: ["\(attention).q_proj"]),
        .linear(
          theirs: "\(theirs)/attention/linear_1",
          own: ["k", "v"].map { "\(attention).\($0)_proj" }),
        .linear(theirs: "\(theirs)/attention/linear_2", own: ["\(attention).out_proj"]),
        .norm(theirs: "\(theirs)/attention/layer_norm", own: "\(attention)_layer_norm"),
      ]
    }
    return parts + [
      .linear(theirs: "\(theirs)/ffn/linear_0", own: ["\(own).fc1"]),
      .linear(theirs: "\(theirs)/ffn/linear_1", own: ["\(own).fc2"]),
      .norm(theirs: "\(theirs)/ffn/layer_norm", own: "\(own).final_layer_norm"),
    ]
  }
}
