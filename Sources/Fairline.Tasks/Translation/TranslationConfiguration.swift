public import Fairline
import FairlineData
public import FairlineScoring

/// The settings of the translation task, under fairseq's names.
public struct TranslationConfiguration: Configuration, Equatable {
  /// The source language; found in the names of the data files when nil.
  public var sourceLang: String?
  /// The target language; found in the names of the data files when nil.
  public var targetLang: String?
  /// The longest source sentence, end included.
  public var maxSourcePositions = 1024
  /// The longest target sentence, end included.
  public var maxTargetPositions = 1024
  /// Whether over-long sources are cut instead of left out.
  public var truncateSource = false
  /// Whether alignments that the preprocessor wrote are read.
  public var loadAlignments = false
  /// How often the first of several joined training files occurs.
  public var upsamplePrimary = 1
  /// Whether validation translates and reports BLEU.
  public var evalBleu = false
  /// Settings of the search for BLEU, as a JSON object.
  public var evalBleuArgs: JSONValue = [:]
  /// How hypotheses and references become plain text before they are scored.
  public var evalBleuDetok = "space"
  /// Whether BLEU counts words between spaces instead of sacreBLEU's tokens.
  public var evalTokenizedBleu = false
  /// The subword units that are joined before scoring.
  public var evalBleuRemoveBpe: String?
  /// How hypotheses and references are cut into words, of sacreBLEU's ways.
  public var evalBleuTokenizer = BLEUTokenizer.v13a
  /// Whether one translation of each validation batch is printed.
  public var evalBleuPrintSamples = false

  /// fairseq's defaults.
  public init() {}

  /// The flags.
  public static var options: [Option<Self>] { data + bleu }

  /// How data are read, and how validation judges.
  public static var settingsOfTheRun: [String] {
    ["truncateSource"] + settingsOfTraining
  }

  /// How training data are repeated and aligned, and how validation judges.
  public static var settingsOfTraining: [String] {
    [
      "loadAlignments", "upsamplePrimary", "evalBleu", "evalBleuArgs", "evalBleuDetok",
      "evalTokenizedBleu", "evalBleuRemoveBpe", "evalBleuTokenizer", "evalBleuPrintSamples",
    ]
  }

  private static var data: [Option<Self>] {
    [
      Option("source-lang", aliases: ["s"], \.sourceLang, "source language"),
      Option("target-lang", aliases: ["t"], \.targetLang, "target language"),
      Option(
        "max-source-positions", \.maxSourcePositions, in: .from(1, to: 1_000_000),
        "longest source, end included"),
      Option(
        "max-target-positions", \.maxTargetPositions, in: .from(1, to: 1_000_000),
        "longest target, end included"),
      Option("truncate-source", \.truncateSource, "cut over-long sources"),
      Option(
        "load-alignments", \.loadAlignments,
        "read the word alignments that fairline-preprocess --align-suffix wrote"),
      Option(
        "upsample-primary", \.upsamplePrimary, in: .from(1, to: 1000),
        "repeat the first of several training files"),
    ]
  }

  private static var bleu: [Option<Self>] {
    [
      Option("eval-bleu", \.evalBleu, "translate the validation sets and report BLEU"),
      Option("eval-bleu-args", \.evalBleuArgs, "settings of that search, as JSON"),
      Option(
        "eval-bleu-detok", \.evalBleuDetok, "tokenizer to undo before scoring: only 'space'"),
      Option(
        "eval-tokenized-bleu", \.evalTokenizedBleu, "count words as they stand"),
      Option(
        "eval-bleu-remove-bpe", \.evalBleuRemoveBpe, "join subword units before scoring",
        bare: "@@ "),
      Option(
        "eval-bleu-tokenizer", \.evalBleuTokenizer,
        "how hypotheses and references are cut into words"),
      Option(
        "eval-bleu-print-samples", \.evalBleuPrintSamples,
        "print one translation of each validation batch"),
    ]
  }
}
