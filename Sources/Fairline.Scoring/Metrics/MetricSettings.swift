package import Fairline

/// The settings of sacreBLEU's BLEU.
package struct SacreBLEUSettings: Configuration, Equatable {
  /// How sentences are cut into words.
  package var tokenizer = BLEUTokenizer.v13a
  /// What happens to n-grams without a match.
  package var smoothing = BLEUSmoothing.exp
  /// Whether all is compared in small letters.
  package var isLowercase = false
  /// Whether every character is a word; the same as the tokenizer `char`.
  package var isCharacterLevel = false

  /// sacreBLEU's defaults.
  package init() {}

  /// The flags.
  package static var options: [Option<Self>] {
    [
      Option(
        "sacrebleu-tokenizer", \.tokenizer, "tokenizer of --sacrebleu"),
      Option("sacrebleu-smoothing", \.smoothing, "smoothing method of --sacrebleu"),
      Option("sacrebleu-lowercase", \.isLowercase, "ignore case in --sacrebleu"),
      Option(
        "sacrebleu-char-level", \.isCharacterLevel, "the same as --sacrebleu-tokenizer char"),
    ]
  }
}

/// The settings of chrF.
package struct CharacterFScoreSettings: Configuration, Equatable {
  /// The greatest length of word n-grams.
  package var wordOrder = 0

  /// The defaults.
  package init() {}

  /// The flags.
  package static var options: [Option<Self>] {
    [
      Option(
        "chrf-word-order", \.wordOrder, in: .from(0, to: 16),
        "maximum length of word n-grams in --chrf; 2 for chrF++")
    ]
  }
}

/// The settings of the translation edit rate.
package struct EditRateSettings: Configuration, Equatable {
  /// Whether capital and small letters differ.
  package var isCaseSensitive = false
  /// Whether punctuation is cut off words.
  package var normalizes = false
  /// Whether punctuation is left out.
  package var removesPunctuation = false
  /// Whether East Asian text is cut up.
  package var supportsAsian = false

  /// The defaults.
  package init() {}

  /// The flags.
  package static var options: [Option<Self>] {
    [
      Option(
        "ter-case-sensitive", \.isCaseSensitive, "distinguish upper and lower case in --ter"),
      Option("ter-normalized", \.normalizes, "separate punctuation from words in --ter"),
      Option("ter-no-punct", \.removesPunctuation, "ignore punctuation in --ter"),
      Option(
        "ter-asian-support", \.supportsAsian,
        "split East Asian text into characters, with --ter-normalized or --ter-no-punct"),
    ]
  }
}
