package import Fairline

/// Divides text into words as Moses does, and joins words to text: fairseq's `--tokenizer moses`.
package struct MosesTokenizer: Tokenizer {
  private let division: MosesDivision
  private let joining: MosesJoining

  /// Makes one for a language.
  ///
  /// - Parameter language: a code such as `de`; rules of English and its abbreviations stand in
  ///   where a language has none.
  package init(_ language: String, settings: MosesSettings = MosesSettings()) {
    division = MosesDivision(
      language, splitsDashes: !settings.mosesNoDashSplits, escapes: !settings.mosesNoEscape)
    joining = MosesJoining(language)
  }

  /// The words of a line, with a space between two.
  package func units(of line: String) -> String { division.words(of: line) }

  /// The text of words.
  package func text(of units: String) -> String { joining.text(of: units) }
}

/// The settings of the tokenizer `moses`.
package struct MosesSettings: Configuration, Equatable {
  /// The language of text that is divided; nil for the source language.
  package var mosesSourceLang: String?
  /// The language of text that is joined; nil for the target language.
  package var mosesTargetLang: String?
  /// Whether dashes stay within words.
  package var mosesNoDashSplits = false
  /// Whether characters such as `&` stay as they are.
  package var mosesNoEscape = false

  /// The defaults.
  package init() {}

  /// The flags.
  package static var options: [Option<Self>] {
    [
      Option(
        "moses-source-lang", \.mosesSourceLang,
        "language whose rules divide sources (default: the source language, else en)",
        value: "LANGUAGE"),
      Option(
        "moses-target-lang", \.mosesTargetLang,
        "language whose rules join outputs (default: the target language, else en)",
        value: "LANGUAGE"),
      Option("moses-no-dash-splits", \.mosesNoDashSplits, "leave dashes within words"),
      Option("moses-no-escape", \.mosesNoEscape, "leave &, |, quotes and brackets as they are"),
    ]
  }

  /// The tokenizer of a side.
  func tokenizer(_ context: WordTokenizerContext) -> MosesTokenizer {
    let named = context.side == .source ? mosesSourceLang : mosesTargetLang
    return MosesTokenizer(named ?? context.language ?? "en", settings: self)
  }
}
