/// How parameter names of fairseq's files, old ones included, become the names of today.
enum ParameterNames {
  /// The place of a parameter in a file.
  struct Source: Equatable {
    /// The tensor's name in the file.
    let tensor: String
    /// Which of several equal blocks of rows it is; nil for the whole tensor.
    var block: (index: Int, count: Int)?

    static func == (left: Source, right: Source) -> Bool {
      left.tensor == right.tensor && left.block?.index == right.block?.index
    }
  }

  /// Whether a tensor is a marker or a computed table, not a parameter.
  static func isIgnorable(_ name: String) -> Bool {
    name == "version" || name.hasSuffix(".version") || name.hasSuffix("_float_tensor")
      || name.hasSuffix("embed_positions.weights")
  }

  /// What a tensor of a file holds: parameters by their names of today.
  static func parameters(in tensor: String) -> [(name: String, source: Source)] {
    if let path = tensor.removing(suffix: "in_proj_weight") {
      return fused(tensor, path, "weight")
    }
    if let path = tensor.removing(suffix: "in_proj_bias") { return fused(tensor, path, "bias") }
    return [(upgraded(tensor), Source(tensor: tensor))]
  }

  /// One tensor for queries, keys and values, in this order.
  private static func fused(
    _ tensor: String, _ path: String, _ kind: String
  ) -> [(name: String, source: Source)] {
    ["q", "k", "v"].enumerated().map { index, letter in
      ("\(path)\(letter)_proj.\(kind)", Source(tensor: tensor, block: (index, 3)))
    }
  }

  private static func upgraded(_ name: String) -> String {
    if name == "decoder.embed_out" { return "decoder.output_projection.weight" }
    guard let place = name.firstRange(of: ".layer_norms.") else { return name }
    let rest = name[place.upperBound...].split(separator: ".", maxSplits: 1)
    let norms =
      name.hasPrefix("encoder")
      ? ["self_attn_layer_norm", "final_layer_norm"]
      : ["self_attn_layer_norm", "encoder_attn_layer_norm", "final_layer_norm"]
    guard rest.count == 2, let index = Int(rest[0]), norms.indices.contains(index) else {
      return name
    }
    return "\(name[..<place.lowerBound]).\(norms[index]).\(rest[1])"
  }
}

extension String {
  /// The text before a suffix; nil when it does not end so.
  func removing(suffix: String) -> String? {
    hasSuffix(suffix) ? String(dropLast(suffix.count)) : nil
  }
}
