/// Words whose full stop ends no sentence, by language.
///
/// They are facts of the languages, from Moses' lists of non-breaking prefixes as sacremoses 0.2.0
/// has them. `A-Z` and `a-z` stand for all those letters; what follows `#` is an abbreviation
/// before digits only.
struct MosesAbbreviations: Sendable {
  private var always: Set<[Unicode.Scalar]> = []
  private var beforeDigits: Set<[Unicode.Scalar]> = []

  /// Those of a language, or of English where the language has no list.
  init(_ language: String) {
    let named = ["bn": "as", "fi": "et", "tdt": "pt", "yue": "zh"][language] ?? language
    let lists = [
      Self.germanic, Self.romance, Self.slavic, Self.others, Self.greek, Self.indic,
    ]
    let text = lists.lazy.compactMap { $0[named] }.first ?? Self.germanic["en"] ?? ""
    var isBeforeDigits = false
    for word in text.unicodeScalars.split(whereSeparator: { $0 == " " || $0 == "\n" }) {
      switch String(word) {
      case "#": isBeforeDigits = true
      case "A-Z": addLetters("A"..."Z")
      case "a-z": addLetters("a"..."z")
      default:
        if isBeforeDigits { beforeDigits.insert(Array(word)) } else { always.insert(Array(word)) }
      }
    }
  }

  private mutating func addLetters(_ letters: ClosedRange<Unicode.Scalar>) {
    for value in letters.lowerBound.value...letters.upperBound.value {
      Unicode.Scalar(value).map { _ = always.insert([$0]) }
    }
  }

  /// Whether a word keeps its full stop.
  ///
  /// - Parameter next: the word behind it; nil at the end.
  func keepsStop(_ word: ArraySlice<Unicode.Scalar>, before next: [Unicode.Scalar]?) -> Bool {
    let word = Array(word)
    if always.contains(word) { return true }
    guard beforeDigits.contains(word), let first = next?.first else { return false }
    return "0"..."9" ~= first
  }
}
