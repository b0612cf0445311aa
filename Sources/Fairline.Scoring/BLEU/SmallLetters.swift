/// Texts in small letters, as Python's `str.lower` gives them.
package enum SmallLetters {
  /// The text in small letters; a sigma that ends a word takes its final form.
  package static func of(_ text: String) -> String {
    guard text.unicodeScalars.contains("\u{3A3}") else { return text.lowercased() }
    let scalars = Array(text.unicodeScalars)
    var result = ""
    for (index, scalar) in scalars.enumerated() {
      if scalar == "\u{3A3}" {
        result += endsWord(scalars, index) ? "\u{3C2}" : "\u{3C3}"
      } else {
        result += scalar.properties.lowercaseMapping
      }
    }
    return result
  }

  /// Unicode's condition for a final sigma: a letter before it and none behind it.
  private static func endsWord(_ scalars: [Unicode.Scalar], _ index: Int) -> Bool {
    func isLetter(_ rest: some Sequence<Unicode.Scalar>) -> Bool {
      rest.first { !$0.properties.isCaseIgnorable }?.properties.isCased == true
    }
    return isLetter(scalars[..<index].reversed()) && !isLetter(scalars[(index + 1)...])
  }
}
