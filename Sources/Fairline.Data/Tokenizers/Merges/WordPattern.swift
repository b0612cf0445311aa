/// How GPT-2 cuts text before it joins bytes: endings such as `'s`, runs of letters, of digits and
/// of other characters with a space before them, and runs of white space.
enum WordPattern {
  private enum Kind { case letter, digit, space, other }

  /// The parts of a text, in order, nothing left out.
  static func parts(of text: String) -> [String] {
    let scalars = Array(text.unicodeScalars)
    var (parts, place) = ([String](), 0)
    while place < scalars.count {
      let end = self.end(of: scalars, from: place)
      var part = String.UnicodeScalarView()
      part.append(contentsOf: scalars[place..<end])
      parts.append(String(part))
      place = end
    }
    return parts
  }

  private static let endings = ["s", "t", "re", "ve", "m", "ll", "d"].map {
    Array($0.unicodeScalars)
  }

  private static func end(of text: [Unicode.Scalar], from place: Int) -> Int {
    if text[place] == "'" {
      for ending in endings where text[(place + 1)...].starts(with: ending) {
        return place + 1 + ending.count
      }
    }
    let skips = text[place] == " " && place + 1 < text.count && kind(text[place + 1]) != .space
    let first = skips ? place + 1 : place
    let wanted = kind(text[first])
    var end = first + 1
    while end < text.count, kind(text[end]) == wanted { end += 1 }
    // The last of several white spaces goes with what follows, where something does.
    return wanted == .space && end < text.count && end - place > 1 ? end - 1 : end
  }

  private static func kind(_ scalar: Unicode.Scalar) -> Kind {
    if scalar.properties.isWhitespace { return .space }
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
      return .letter
    case .decimalNumber, .letterNumber, .otherNumber: return .digit
    default: return .other
    }
  }
}
