public import Fairline

/// Settings of `fairline-score`.
public struct ScoreConfiguration: Configuration, Equatable {
  /// The output, one sentence a line; `-` is standard input.
  public var system = "-"
  /// The references, one sentence a line in each file.
  public var references: [String] = []
  /// The greatest length of n-grams.
  public var order = 4
  /// Whether all is compared in small letters.
  public var ignoresCase = false
  /// Whether sacreBLEU's BLEU is computed, on plain text.
  public var usesSacreBLEU = false
  /// Whether each sentence is scored for itself.
  public var isSentenceWise = false
  /// sacreBLEU's tokenizer.
  public var tokenizer = BLEUTokenizer.v13a
  /// sacreBLEU's smoothing.
  public var smoothing = BLEUSmoothing.exp
  /// Whether chrF is computed, on plain text.
  public var usesCharacterFScore = false
  /// The greatest length of word n-grams in chrF.
  public var wordOrder = 0
  /// Whether the translation edit rate is computed, on plain text.
  public var usesEditRate = false
  /// Whether capital and small letters differ in the edit rate.
  public var editRateIsCaseSensitive = false
  /// Whether punctuation is cut off words for the edit rate.
  public var editRateNormalizes = false
  /// Whether punctuation is left out of the edit rate.
  public var editRateRemovesPunctuation = false
  /// Whether East Asian text is cut up for the edit rate.
  public var editRateSupportsAsian = false

  /// The defaults.
  public init() {}

  /// The flags.
  public static var options: [Option<Self>] {
    [
      Option(
        "sys", aliases: ["s"], \.system, "system output, one sentence a line; - is standard input",
        value: "FILE"),
      Option(
        "ref", aliases: ["r"], \.references,
        "references, one sentence a line; several files for several references", value: "FILE …",
        collects: true),
      Option("order", aliases: ["o"], \.order, "consider n-grams up to this length"),
      Option("ignore-case", \.ignoresCase, "compare in small letters"),
      Option("sacrebleu", \.usesSacreBLEU, "score plain text as sacreBLEU does"),
      Option("sentence-bleu", \.isSentenceWise, "score each sentence for itself"),
      Option(
        "sacrebleu-tokenizer", \.tokenizer, "how --sacrebleu cuts sentences into words"),
      Option("sacrebleu-smoothing", \.smoothing, "how --sacrebleu smooths"),
      Option("chrf", \.usesCharacterFScore, "compute the character F-score, as sacreBLEU does"),
      Option(
        "chrf-word-order", \.wordOrder, "word n-grams up to this length in --chrf; 2 for chrF++"),
      Option("ter", \.usesEditRate, "compute the translation edit rate, as sacreBLEU does"),
      Option(
        "ter-case-sensitive", \.editRateIsCaseSensitive,
        "tell capital and small letters apart in --ter"),
      Option("ter-normalized", \.editRateNormalizes, "cut punctuation off words in --ter"),
      Option("ter-no-punct", \.editRateRemovesPunctuation, "leave punctuation out of --ter"),
      Option(
        "ter-asian-support", \.editRateSupportsAsian,
        "cut up East Asian text, with --ter-normalized or --ter-no-punct"),
    ]
  }
}
