import Fairline

/// What generation reads and prints, under fairseq's names.
struct OutputSettings: Configuration {
  var path: String?
  var modelOverrides: JSONValue = [:]
  var postProcess: String?
  var bpe: String?
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
      Option("path", \.path, "models, separated by colons; several are an ensemble"),
      Option("model-overrides", \.modelOverrides, "settings to lay over the saved ones, as JSON"),
      Option(
        "post-process", aliases: ["remove-bpe"], \.postProcess,
        "join subword units: sentencepiece, subword_nmt, ...", bare: "@@ "),
      Option("bpe", \.bpe, "divide and join text by a tokenizer: sentencepiece, ..."),
      Option(
        "search", \.search,
        "search strategy that --list shows (without it: what --sampling and others say, or beam)",
        value: "NAME"),
      Option("quiet", \.quiet, "print the score only"),
      Option(
        "plain", \.plain, "print the best output of each line as plain text, and nothing else"),
      Option(
        "workers", \.workers, in: .from(0, to: 1024),
        "searches that run side by side with the same weights; 0 for one a thread"),
      Option(
        "quantize", \.quantize, "round weights while loading, for speed; see fairline-quantize"),
      Option(
        "shortlist", \.shortlist,
        "translate each sentence with the words this file has for it; see fairline-shortlist"),
      Option(
        "lm-path", \.lmPath, "a language model of the target side whose scores are added",
        value: "FILE"),
      Option(
        "lm-weight", \.lmWeight, in: .from(-1e6, to: 1e6),
        "what the language model's scores are multiplied by"),
    ]
  }
}
