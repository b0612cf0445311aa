import Fairline
import FairlineScoring

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
  var scoring: String?
  var sacrebleu = false
  var order = 4
  var ignoreCase = false
  var verify = true
  var numShards = 1
  var shardId = 0

  /// The batches of this part.
  func share(of batches: [[Int]]) -> [[Int]] {
    batches.enumerated().filter { $0.offset % numShards == shardId }.map(\.element)
  }

  /// Refuses values that mean nothing.
  func check() throws {
    var dataset = DatasetSettings()
    (dataset.numShards, dataset.shardId) = (numShards, shardId)
    try dataset.check()
  }

  /// What metrics are made for.
  var metricContext: MetricContext { MetricContext(order: order, ignoresCase: ignoreCase) }

  static var options: [Option<Self>] {
    [
      Option(positional: "data", \.data, "folder of preprocessed data"),
      Option("gen-subset", \.genSubset, "data subset to translate"),
      Option(
        "batch-size", aliases: ["max-sentences"], \.batchSize, in: .from(1),
        "maximum number of sentences in a batch"),
      Option(
        "max-tokens", \.maxTokens, in: .from(1),
        "maximum number of tokens in a batch: sentences times the longest side"),
      Option(
        "required-batch-size-multiple", \.requiredBatchSizeMultiple, in: .from(1),
        "round the number of sentences in a batch down to a multiple of this"),
      Option(
        "skip-invalid-size-inputs-valid-test", \.skipInvalidSizeInputsValidTest,
        "skip sentences that are too long"),
      Option("results-path", \.resultsPath, "write the output to a file in this folder"),
      Option("keep-order", \.keepOrder, "print in the order of the data"),
      Option(
        "scoring", \.scoring,
        "metric, one that --list shows (default: the task's; for translation, bleu of symbols)",
        value: "NAME"),
      Option("sacrebleu", \.sacrebleu, "the same as --scoring sacrebleu"),
      Option("order", \.order, in: .from(1, to: 16), "maximum length of n-grams"),
      Option("ignore-case", \.ignoreCase, "ignore case in scoring"),
      DatasetSettings.verification(\.verify),
      Option(
        "num-shards", \.numShards, in: .from(1, to: 1_000_000),
        "number of parts that the batches are divided into"),
      Option("shard-id", \.shardId, in: .from(0, to: 999_999), "part to translate, counted from 0"),
    ]
  }
}
