import FairlineFoundation

/// How the translation edit rate cuts sentences into words, as tercom and sacreBLEU do.
struct TercomTokenizer: Sendable {
  /// Whether punctuation is cut off words and entities are replaced.
  var normalizes = false
  /// Whether punctuation is taken out.
  var removesPunctuation = false
  /// Whether Chinese characters and East Asian punctuation are treated as well.
  var supportsAsian = false
  /// Whether capital and small letters differ.
  var isCaseSensitive = false

  /// The text with words separated by white space.
  func callAsFunction(_ sentence: String) -> String {
    var text = Array(Words.trimmedEnd(sentence))
    if text.isEmpty { return "" }
    if !isCaseSensitive { text = Array(SmallLetters.of(Self.string(text)).unicodeScalars) }
    if normalizes {
      text = Self.westernNormalized(text)
      if supportsAsian { text = text.flatMap { Self.isAsian($0) ? [" ", $0, " "] : [$0] } }
    }
    if removesPunctuation {
      text.removeAll { scalar in
        ".,?:;!\"()".unicodeScalars.contains(scalar)
          || supportsAsian && Self.isAsianPunctuation(scalar)
      }
    }
    return Self.string(text)
  }

  private static func string(_ scalars: [Unicode.Scalar]) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return String(view)
  }

  private static func westernNormalized(_ sentence: [Unicode.Scalar]) -> [Unicode.Scalar] {
    var text = [" "] + sentence + [" "]
    for (entity, mark) in [
      ("\n-", ""), ("\n", " "), ("&quot;", "\""), ("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">"),
    ] {
      text.replace(Array(entity.unicodeScalars), with: Array(mark.unicodeScalars))
    }
    text = text.flatMap { isMark($0) ? [" ", $0, " "] : [$0] }
    text.replace(Array("'s ".unicodeScalars), with: Array(" 's ".unicodeScalars))
    // A point or comma is cut off unless it stands between digits.
    text = pairs(text) { first, second in
      !isDigit(first) && isPointOrComma(second) ? [first, " ", second, " "] : nil
    }
    text = pairs(text) { first, second in
      isPointOrComma(first) && !isDigit(second) ? [" ", first, " ", second] : nil
    }
    return pairs(text) { first, second in
      isDigit(first) && second == "-" ? [first, " ", second, " "] : nil
    }
  }

  /// Replaces pairs of neighbours from left to right; those that were replaced form no further
  /// pair.
  private static func pairs(
    _ text: [Unicode.Scalar], _ replace: (Unicode.Scalar, Unicode.Scalar) -> [Unicode.Scalar]?
  ) -> [Unicode.Scalar] {
    var result: [Unicode.Scalar] = []
    var index = 0
    while index < text.count {
      if index + 1 < text.count, let pair = replace(text[index], text[index + 1]) {
        result += pair
        index += 2
      } else {
        result.append(text[index])
        index += 1
      }
    }
    return result
  }

  private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }
  private static func isPointOrComma(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "." || scalar == ","
  }

  /// ASCII punctuation but `'`, `,`, `-` and `.`.
  private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "{"..."~", "["..."`", " "..."&", "("..."+", ":"..."@", "/": true
    default: false
    }
  }

  private static func isAsian(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x4E00...0x9FFF, 0x3400...0x4DBF, 0x31C0...0x31EF, 0x2E80...0x2EFF, 0x3200...0x3F22,
      0xF900...0xFAFF, 0xFE30...0xFE4F:
      true
    default: isAsianPunctuation(scalar)
    }
  }

  private static func isAsianPunctuation(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x3001, 0x3002, 0x3008...0x3011, 0x3014...0x301F, 0xFF61...0xFF65, 0x30FB, 0xFF0E,
      0xFF0C, 0xFF1F, 0xFF1A, 0xFF1B, 0xFF01, 0xFF02, 0xFF08, 0xFF09:
      true
    default: false
    }
  }
}
