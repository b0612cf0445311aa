extension String {
  /// The property behind a flag or a setting of a file, `encoderLayers` for `encoder-layers` or
  /// `encoder_layers`; a property's own name stays as it is.
  package var propertyName: String {
    let words = split { $0 == "-" || $0 == "_" }
    return words.dropFirst().reduce(String(words.first ?? "")) {
      $0 + $1.prefix(1).uppercased() + $1.dropFirst()
    }
  }

  /// The flag behind a setting of a file, without its dashes: `encoder-layers` for
  /// `encoder_layers`.
  package var flagName: String { replacing("_", with: "-") }

  /// The text before a suffix; nil when it does not end so.
  package func removing(suffix: String) -> String? {
    hasSuffix(suffix) ? String(dropLast(suffix.count)) : nil
  }
}
