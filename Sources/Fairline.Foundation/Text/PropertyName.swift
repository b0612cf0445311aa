/// Names of settings as properties of Swift values have them.
package enum PropertyName {
  /// `encoderEmbedDim` for `encoder-embed-dim` or `encoder_embed_dim`; a property's own name stays.
  package static func of(_ name: String) -> String {
    let words = name.split { $0 == "-" || $0 == "_" }
    return words.dropFirst().reduce(String(words.first ?? "")) {
      $0 + $1.prefix(1).uppercased() + $1.dropFirst()
    }
  }
}

extension String {
  /// The text before a suffix; nil when it does not end so.
  package func removing(suffix: String) -> String? {
    hasSuffix(suffix) ? String(dropLast(suffix.count)) : nil
  }
}
