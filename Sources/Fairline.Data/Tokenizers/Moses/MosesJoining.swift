/// Joins words to text by the rules of Moses' detokenizer, in the form that sacremoses gives them.
///
/// Words of Finnish behind a colon stand apart, as there.
struct MosesJoining: Sendable {
  private typealias Word = [Unicode.Scalar]

  private let language: String
  private let characters: MosesCharacters

  /// Makes the rules of a language; those for all languages where it has none of its own.
  init(_ language: String) {
    self.language = language
    characters = MosesCharacters(language, dividing: false)
  }

  /// The text of words with spaces between them.
  func text(of line: String) -> String {
    let dash = Array(" @-@ ".unicodeScalars)
    let given = line.unicodeScalars.split(whereSeparator: MosesCharacters.isSpace)
    let padded = [" "] + Array(given.joined(separator: " ".unicodeScalars)) + [" "]
    let plain = MosesEntities.unescape(MosesEntities.replace(dash, by: ["-"], in: padded))
    let words = plain.split(whereSeparator: MosesCharacters.isSpace).map(Array.init)
    var state = State()
    var place = 0
    while place < words.count { place += add(place, of: words, to: &state) }
    return state.line
  }

  /// A text that grows.
  private struct State {
    var text: Word = []
    /// Whether the next word gets a space before it.
    var needsSpace = true
    /// How many quotes of a kind there were.
    var quotes: [Word: Int] = [:]

    /// Adds a word.
    mutating func add(_ word: Word, joined: Bool = false, joinsNext: Bool = false) {
      if needsSpace, !joined { text.append(" ") }
      text += word
      needsSpace = !joinsNext
    }

    /// The text with one space for several, and none at the ends.
    var line: String {
      var result: Word = []
      for scalar in text where scalar != " " || (!result.isEmpty && result.last != " ") {
        result.append(scalar)
      }
      if result.last == " " { result.removeLast() }
      return MosesEntities.string(result)
    }
  }

  /// Adds the word at a place, and gives the number of words that are done.
  private func add(_ place: Int, of words: [Word], to state: inout State) -> Int {
    let word = words[place]
    if language != "ko", MosesCharacters.isEastAsian(word[0]) {
      let last = place > 0 ? words[place - 1].last : nil
      state.add(word, joined: last.map(MosesCharacters.isEastAsian) ?? false)
    } else if word.allSatisfy(opens) {
      state.add(word, joinsNext: true)
    } else if word.allSatisfy(Self.closes) {
      if language == "fr", word.count == 1, Self.isSpacedInFrench(word[0]) {
        state.text.append(" ")
      }
      state.add(word, joined: true)
    } else if language == "en", place > 0, isEnding(word) {
      state.add(word, joined: true)
    } else if language == "cs", place > 1, isCzechDecimal(word, words) {
      state.add(word, joined: true)
    } else if ["fr", "it", "ga"].contains(language), isElided(word), place + 1 < words.count,
      characters.isLetter(words[place + 1][0])
    {
      state.add(word, joinsNext: true)
    } else if language == "cs", isElided(word), isCzechDash(words[(place + 1)...]) {
      state.add(word + words[place + 1], joinsNext: true)
      return 2
    } else if word.allSatisfy(Self.quotes) {
      addQuote(word, after: place > 0 ? words[place - 1] : nil, to: &state)
    } else {
      state.add(word)
    }
    return 1
  }

  /// Quotes begin and end in turn.
  private func addQuote(_ word: Word, after last: Word?, to state: inout State) {
    let isCurved = word.allSatisfy { $0 == "„" || $0 == "“" }
    let kind: Word = isCurved ? ["\""] : word
    if language == "cs", word == ["„"] { state.quotes[kind] = 0 }
    if language == "cs", word == ["“"] { state.quotes[kind] = 1 }
    let count = state.quotes[kind, default: 0]
    if count % 2 == 0, language == "en", word == ["'"], last?.last == "s" {
      // A genitive: "the dogs' house".
      state.add(word, joined: true)
      return
    }
    state.add(word, joined: count % 2 == 1, joinsNext: count % 2 == 0)
    state.quotes[kind] = count + 1
  }

  private func opens(_ scalar: Unicode.Scalar) -> Bool {
    ["(", "[", "{", "¿", "¡"].contains(scalar) || characters.isCurrency(scalar)
  }

  private static func closes(_ scalar: Unicode.Scalar) -> Bool {
    [",", ".", "?", "!", ":", ";", "\\", "%", "}", "]", ")"].contains(scalar)
  }

  private static func isSpacedInFrench(_ scalar: Unicode.Scalar) -> Bool {
    ["?", "!", ":", ";", "\\", "%"].contains(scalar)
  }

  private static func quotes(_ scalar: Unicode.Scalar) -> Bool {
    ["'", "\"", "„", "“", "`"].contains(scalar)
  }

  /// Whether a word is an ending such as `'s`.
  private func isEnding(_ word: Word) -> Bool {
    word.count > 1 && word[0] == "'" && characters.isLetter(word[1])
  }

  /// Whether a word ends as `l'`.
  private func isElided(_ word: Word) -> Bool {
    word.count > 1 && word[word.count - 1] == "'" && characters.isLetter(word[word.count - 2])
  }

  /// Whether a word is a number in a line that ends with a number and its comma, as sacremoses
  /// looks at it.
  private func isCzechDecimal(_ word: Word, _ words: [Word]) -> Bool {
    let isNumber = { (word: Word) in word.allSatisfy { "0"..."9" ~= $0 } }
    let last = words[words.count - 1]
    return isNumber(word) && isNumber(words[words.count - 2]) && (last == ["."] || last == [","])
  }

  /// Whether words begin with a dash and `li` or `mail`.
  private func isCzechDash(_ words: ArraySlice<Word>) -> Bool {
    guard words.count > 1, [["-"], ["–"]].contains(words[words.startIndex]) else { return false }
    let next = MosesEntities.string(words[words.startIndex + 1]).lowercased()
    return next == "li" || next.hasPrefix("mail")
  }
}
