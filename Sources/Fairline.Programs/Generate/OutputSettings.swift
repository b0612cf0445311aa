import Fairline

/// What generation reads and prints, under fairseq's names.
struct OutputSettings: Configuration {
  var path: String?
  var modelOverrides: JSONValue = [:]
  var postProcess: String?
  var bpe: String?
  var tokenizer: String?
  var search: String?
  var quiet = false
  var plain = false
  var workers = 0
  var quantize: Quantization?
  var shortlist: String?
  var lmPath: String?
  var lmWeight = 0.0

  /// Whether scores of outputs are printed, so that they must be computed.
  var printsScores: Bool { !quiet && !plain }

  enum Quantization: String, CaseIterable, Codable, Sendable, OptionValue {
    case int8
  }

  static var options: [Option<Self>] {
    [
      Option("path", \.path, "model file; several, separated by colons, are an ensemble"),
      Option("model-overrides", \.modelOverrides, "settings that replace the saved ones, as JSON"),
      Option(
        "post-process", aliases: ["remove-bpe"], \.postProcess,
        "join subword units: sentencepiece, subword_nmt, ...", bare: "@@ "),
      Option("bpe", \.bpe, "tokenizer that splits and joins text: sentencepiece, ..."),
      Option(
        "tokenizer", \.tokenizer,
        "tokenizer of words that lines and hypotheses pass besides --bpe: moses, space",
        value: "NAME"),
      Option(
        "search", \.search,
        "search strategy, one that --list shows (default: as --sampling and others say, else beam)",
        value: "NAME"),
      Option("quiet", \.quiet, "print the score only"),
      Option(
        "plain", \.plain, "print the best hypothesis of each line as plain text, and nothing else"),
      Option(
        "workers", \.workers, in: .from(0, to: 1024),
        "number of searches that run in parallel; 0 for one per thread"),
      Option(
        "quantize", \.quantize, "quantize weights while loading, for speed; see fairline-quantize"),
      Option(
        "shortlist", \.shortlist,
        "restrict the target symbols of each sentence to a shortlist, for speed; see "
          + "fairline-shortlist"
      ),
      Option(
        "lm-path", \.lmPath, "language model of the target language whose scores are added",
        value: "FILE"),
      Option(
        "lm-weight", \.lmWeight, in: .from(-1e6, to: 1e6), "weight of the language model's scores"),
    ]
  }
}
