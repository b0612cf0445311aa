import Fairline

/// Divides text into its characters, code points, with U+2581 for a space: fairseq's `characters`.
struct CharacterTokenizer: Tokenizer {
  /// What stands for a space.
  static let space: Unicode.Scalar = "\u{2581}"

  func units(of line: String) -> String {
    line.unicodeScalars.map { String($0 == " " ? Self.space : $0) }.joined(separator: " ")
  }

  func text(of units: String) -> String {
    // By code points: a space may be one character with an accent behind it.
    var text = String.UnicodeScalarView()
    for scalar in units.unicodeScalars where scalar != " " {
      text.append(scalar == Self.space ? " " : scalar)
    }
    return String(text)
  }
}
