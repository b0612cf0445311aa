import Fairline
import FairlineData

/// What generation reads and prints, under fairseq's names.
struct OutputSettings: Configuration {
  var path: String?
  var modelOverrides: JSONValue = [:]
  var postProcess: String?
  var bpe: String?
  var sentencepieceModel: String?
  var quiet = false
  var workers = 0
  var quantize: Quantization?
  var shortlist: String?

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
      Option("bpe", \.bpe, "divide and join text by: sentencepiece"),
      Option(
        "sentencepiece-model", \.sentencepieceModel,
        "this model of pieces instead of the one in the checkpoint or data folder"),
      Option("quiet", \.quiet, "print the score only"),
      Option(
        "workers", \.workers,
        "searches that run side by side with the same weights; 0 for one a thread"),
      Option(
        "quantize", \.quantize, "round weights while loading, for speed; see fairline-quantize"),
      Option(
        "shortlist", \.shortlist,
        "translate each sentence with the words this file has for it; see fairline-shortlist"),
    ]
  }
}

/// What `fairline-generate` reads.
struct GenerateSettings: Configuration {
  var data = ""
  var genSubset = "test"
  var batchSize: Int?
  var maxTokens: Int? = 12000
  var requiredBatchSizeMultiple = 8
  var skipInvalidSizeInputsValidTest = false
  var resultsPath: String?
  var keepOrder = false
  var scoring = Scoring.bleu
  var sacrebleu = false

  enum Scoring: String, CaseIterable, Codable, Sendable, OptionValue {
    case bleu, sacrebleu
  }

  static var options: [Option<Self>] {
    [
      Option(positional: "data", \.data, "folder of preprocessed data"),
      Option("gen-subset", \.genSubset, "data subset to translate"),
      Option(
        "batch-size", aliases: ["max-sentences"], \.batchSize, "most sentences of a batch"),
      Option("max-tokens", \.maxTokens, "most sentences times longest side of a batch"),
      Option(
        "required-batch-size-multiple", \.requiredBatchSizeMultiple,
        "round the number of sentences of a batch down to a multiple of this"),
      Option(
        "skip-invalid-size-inputs-valid-test", \.skipInvalidSizeInputsValidTest,
        "leave over-long sentences out"),
      Option("results-path", \.resultsPath, "write the lines to a file in this folder"),
      Option("keep-order", \.keepOrder, "print in the order of the data"),
      Option("scoring", \.scoring, "bleu of tokens, or sacrebleu of plain text"),
      Option("sacrebleu", \.sacrebleu, "the same as --scoring sacrebleu"),
    ]
  }
}
