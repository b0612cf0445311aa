/// Divides text into words by the rules of Moses' tokenizer (Koehn and others, 2007), in the form
/// that sacremoses gives them: one step of the rules after the other.
struct MosesDivision: Sendable {
  typealias Text = [Unicode.Scalar]

  private let language: String
  private let splitsDashes: Bool
  private let escapes: Bool
  private let characters: MosesCharacters
  private let abbreviations: MosesAbbreviations

  /// Makes the rules of a language; those for all languages where it has none of its own.
  ///
  /// - Parameters:
  ///   - splitsDashes: whether `a-b` becomes `a @-@ b`.
  ///   - escapes: whether `&`, `|`, quotes and brackets become entities such as `&amp;`.
  init(_ language: String, splitsDashes: Bool, escapes: Bool) {
    (self.language, self.splitsDashes, self.escapes) = (language, splitsDashes, escapes)
    characters = MosesCharacters(language, dividing: true)
    abbreviations = MosesAbbreviations(language)
  }

  /// The words of a line, with a space between two.
  func words(of line: String) -> String {
    var text = Self.trimmed(Self.plain(line.unicodeScalars))
    text = padOthers(text)
    if splitsDashes { text = splitDashes(text) }
    text = MosesStops.hide(text)
    text = separateCommas(text)
    text = separateApostrophes(text)
    text = separateStops(text)
    if text.suffix(2) == [".", "'"] { text = text.dropLast(2) + Array(" . ' ".unicodeScalars) }
    text = MosesStops.restore(text)
    return MosesEntities.string(escapes ? MosesEntities.escape(text) : text)
  }

  /// One space for each run of white space, and no control characters of ASCII.
  private static func plain(_ line: String.UnicodeScalarView) -> Text {
    var text: Text = []
    var isInSpace = false
    for scalar in line {
      let isSpace = MosesCharacters.isSpace(scalar)
      if isSpace {
        if !isInSpace { text.append(" ") }
      } else if scalar.value >= 0x20 {
        text.append(scalar)
      }
      isInSpace = isSpace
    }
    return text
  }

  private static func trimmed(_ text: Text) -> Text {
    guard let first = text.firstIndex(where: { $0 != " " }),
      let last = text.lastIndex(where: { $0 != " " })
    else { return [] }
    return Array(text[first...last])
  }

  /// Puts spaces around what is neither letter nor digit, some marks apart.
  private func padOthers(_ text: Text) -> Text {
    var result: Text = []
    for scalar in text {
      switch scalar {
      case " ", ".", "'", "`", ",", "-": result.append(scalar)
      case _ where characters.isLetterOrDigit(scalar): result.append(scalar)
      default: result += [" ", scalar, " "]
      }
    }
    return result
  }

  private func splitDashes(_ text: Text) -> Text {
    var result: Text = []
    for (place, scalar) in text.enumerated() {
      let isBetween =
        scalar == "-" && place > 0 && place + 1 < text.count
        && characters.isLetterOrDigit(text[place - 1])
        && characters.isLetterOrDigit(text[place + 1])
      if isBetween { result += " @-@ ".unicodeScalars } else { result.append(scalar) }
    }
    return result
  }

  /// Separates commas, except within numbers such as `5,300`; what a comma was found beside is not
  /// looked at again.
  private func separateCommas(_ text: Text) -> Text {
    let isOther = { !characters.isNumber($0) }
    var behind = Self.separate(text, isOther, { $0 == "," }) { [$0, " ", $1, " "] }
    behind = Self.separate(behind, { $0 == "," }, isOther) { [" ", $0, " ", $1] }
    if behind.last == ",", behind.count > 1, !isOther(behind[behind.count - 2]) {
      behind = behind.dropLast() + [" ", ",", " "]
    }
    return behind
  }

  /// Replaces pairs of characters from left to right.
  private static func separate(
    _ text: Text, _ first: (Unicode.Scalar) -> Bool, _ second: (Unicode.Scalar) -> Bool,
    _ replacement: (Unicode.Scalar, Unicode.Scalar) -> Text
  ) -> Text {
    var (result, place): (Text, Int) = ([], 0)
    while place < text.count {
      if place + 1 < text.count, first(text[place]), second(text[place + 1]) {
        result += replacement(text[place], text[place + 1])
        place += 2
      } else {
        result.append(text[place])
        place += 1
      }
    }
    return result
  }

  private func separateApostrophes(_ text: Text) -> Text {
    let letter = { characters.isLetter($0) }
    let other = { !characters.isLetter($0) }
    let apart = Array(" ' ".unicodeScalars)
    switch language {
    case "en":
      let odd = { !characters.isLetter($0) && !characters.isNumber($0) }
      var text = Self.separate(text, between: other, other, apart)
      text = Self.separate(text, between: odd, letter, apart)
      text = Self.separate(text, between: letter, other, apart)
      text = Self.separate(text, between: letter, letter, [" ", "'"])
      return Self.separate(text, between: { characters.isNumber($0) }, { $0 == "s" }, [" ", "'"])
    case "fr", "it":
      var text = Self.separate(text, between: other, other, apart)
      text = Self.separate(text, between: other, letter, apart)
      text = Self.separate(text, between: letter, other, apart)
      return Self.separate(text, between: letter, letter, ["'", " "])
    default:
      return text.flatMap { $0 == "'" ? apart : [$0] }
    }
  }

  /// Replaces apostrophes between two characters, from left to right.
  private static func separate(
    _ text: Text, between left: (Unicode.Scalar) -> Bool, _ right: (Unicode.Scalar) -> Bool,
    _ replacement: Text
  ) -> Text {
    var (result, place): (Text, Int) = ([], 0)
    while place < text.count {
      if place + 2 < text.count, text[place + 1] == "'", left(text[place]), right(text[place + 2]) {
        result.append(text[place])
        result += replacement
        result.append(text[place + 2])
        place += 3
      } else {
        result.append(text[place])
        place += 1
      }
    }
    return result
  }

  /// Separates full stops from words that are no abbreviations; gives words with one space between
  /// two.
  private func separateStops(_ text: Text) -> Text {
    let words = text.split(separator: " ").map(Array.init)
    var result: [Text] = []
    for (place, word) in words.enumerated() {
      let next = place + 1 < words.count ? words[place + 1] : nil
      let stem = word.dropLast()
      if word.last != "." || stem.isEmpty || keepsStop(stem, before: next) {
        result.append(word)
      } else {
        result += [Array(stem), ["."]]
      }
    }
    return Array(result.joined(separator: " ".unicodeScalars))
  }

  private func keepsStop(_ word: ArraySlice<Unicode.Scalar>, before next: Text?) -> Bool {
    if word.contains("."), word.contains(where: characters.isLetter) { return true }
    if let first = next?.first, characters.isLowercase(first) { return true }
    return abbreviations.keepsStop(word, before: next)
  }
}

/// Runs of full stops, which stand as words such as `DOTDOTMULTI` while others are separated.
enum MosesStops {
  private static let stop = Array("DOT".unicodeScalars)
  private static let end = Array("MULTI".unicodeScalars)

  /// Replaces runs of two and more.
  static func hide(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
    var (result, place): ([Unicode.Scalar], Int) = ([], 0)
    while place < text.count {
      let count = text[place...].prefix { $0 == "." }.count
      guard count > 1 else {
        result.append(text[place])
        place += 1
        continue
      }
      result.append(" ")
      for _ in 0..<count { result += stop }
      result += end
      place += count
      if place < text.count { result.append(" ") }
    }
    return result
  }

  /// Puts them back, and takes such words of the text itself for them.
  static func restore(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
    var (result, place): ([Unicode.Scalar], Int) = ([], 0)
    while place < text.count {
      var (next, count) = (place, 0)
      while text[next...].starts(with: stop) { (next, count) = (next + stop.count, count + 1) }
      if count > 0, text[next...].starts(with: end) {
        result += [Unicode.Scalar](repeating: ".", count: count)
        place = next + end.count
      } else if count > 0 {
        // No shorter run ends otherwise: its stops are words of the text.
        result += text[place..<next]
        place = next
      } else {
        result.append(text[place])
        place += 1
      }
    }
    return result
  }
}
