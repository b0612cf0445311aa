package import Fairline
import FairlineData
package import FairlineScoring

/// The settings of the translation task, under fairseq's names.
package struct TranslationSettings: Configuration, Equatable {
  /// The source language; found in the names of the data files when nil.
  package var sourceLang: String?
  /// The target language; found in the names of the data files when nil.
  package var targetLang: String?
  /// The longest source sentence, end included.
  package var maxSourcePositions = 1024
  /// The longest target sentence, end included.
  package var maxTargetPositions = 1024
  /// The symbol that the decoder reads first; the end symbol when nil.
  package var decoderStart: String?
  /// Whether sources end with the end symbol.
  package var sourceEnd = true
  /// The symbol of a language, `{}` standing for its name: sources and outputs begin with theirs;
  /// nil for models of two languages.
  package var languageTokens: String?
  /// Whether over-long sources are cut instead of left out.
  package var truncateSource = false
  /// Whether alignments that the preprocessor wrote are read.
  package var loadAlignments = false
  /// How often the first of several joined training files occurs.
  package var upsamplePrimary = 1
  /// Whether training divides text anew in each epoch, by its SentencePiece model.
  package var sentencepieceEnableSampling = false
  /// The weight of scores for unigram models; the probability to leave a pair for byte pairs.
  package var sentencepieceAlpha = 0.1
  /// How many of the best divisions are drawn from; -1 for all.
  package var sentencepieceNbest = -1
  /// The probability that training leaves a pair of subword units.
  package var bpeDropout = 0.0
  /// The file of codes for that.
  package var bpeDropoutCodes: String?
  /// Whether validation translates and reports BLEU.
  package var evalBleu = false
  /// Settings of the search for BLEU, as a JSON object.
  package var evalBleuArgs: JSONValue = [:]
  /// How hypotheses and references become plain text before they are scored.
  package var evalBleuDetok = "space"
  /// Whether BLEU counts words between spaces instead of sacreBLEU's tokens.
  package var evalTokenizedBleu = false
  /// The subword units that are joined before scoring.
  package var evalBleuRemoveBpe: String?
  /// How hypotheses and references are cut into words, of sacreBLEU's ways.
  package var evalBleuTokenizer = BLEUTokenizer.v13a
  /// Whether one translation of each validation batch is printed.
  package var evalBleuPrintSamples = false

  /// fairseq's defaults.
  package init() {}

  /// The flags.
  package static var options: [Option<Self>] { data + samplingOptions + bleu }

  /// Another start, other symbols of languages and sources without an end make another model.
  package static var definingSettings: [String] { ["decoderStart", "languageTokens", "sourceEnd"] }

  /// How data are read, and how validation judges.
  package static var settingsOfTheRun: [String] {
    ["truncateSource"] + settingsOfTraining
  }

  /// How training data are repeated and aligned, and how validation judges.
  package static var settingsOfTraining: [String] {
    [
      "loadAlignments", "upsamplePrimary", "evalBleu", "evalBleuArgs", "evalBleuDetok",
      "evalTokenizedBleu", "evalBleuRemoveBpe", "evalBleuTokenizer", "evalBleuPrintSamples",
      "sentencepieceEnableSampling", "sentencepieceAlpha", "sentencepieceNbest", "bpeDropout",
      "bpeDropoutCodes",
    ]
  }

  private static var data: [Option<Self>] {
    [
      Option("source-lang", aliases: ["s"], \.sourceLang, "source language"),
      Option("target-lang", aliases: ["t"], \.targetLang, "target language"),
      Option(
        "max-source-positions", \.maxSourcePositions, in: .from(1, to: 1_000_000),
        "maximum length of a source, end included"),
      Option(
        "max-target-positions", \.maxTargetPositions, in: .from(1, to: 1_000_000),
        "maximum length of a target, end included"),
      Option(
        "decoder-start", \.decoderStart,
        "symbol that the decoder reads first (default: the end symbol)", value: "SYMBOL"),
      Option(
        "source-end", \.sourceEnd, "end sources with the end symbol"),
      Option(
        "language-tokens", \.languageTokens,
        "symbol that sources and hypotheses of a language start with, {} for its name",
        value: "TEXT"),
      Option("truncate-source", \.truncateSource, "truncate sources that are too long"),
      Option(
        "load-alignments", \.loadAlignments,
        "read the word alignments that fairline-preprocess --align-suffix wrote"),
      Option(
        "upsample-primary", \.upsamplePrimary, in: .from(1, to: 1000),
        "how often the first of several training files is repeated"),
    ]
  }

  private static var bleu: [Option<Self>] {
    [
      Option("eval-bleu", \.evalBleu, "translate the validation sets and report BLEU"),
      Option("eval-bleu-args", \.evalBleuArgs, "settings of the search for --eval-bleu, as JSON"),
      Option(
        "eval-bleu-detok", \.evalBleuDetok, "detokenizer before scoring: space or moses"),
      Option(
        "eval-tokenized-bleu", \.evalTokenizedBleu, "compute BLEU on words as they stand"),
      Option(
        "eval-bleu-remove-bpe", \.evalBleuRemoveBpe, "join subword units before scoring",
        bare: "@@ "),
      Option(
        "eval-bleu-tokenizer", \.evalBleuTokenizer,
        "tokenizer of hypotheses and references for BLEU"),
      Option(
        "eval-bleu-print-samples", \.evalBleuPrintSamples,
        "print one translation of each validation batch"),
    ]
  }
}
