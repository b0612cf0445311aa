import Fairline
import FairlineData
import FairlineTasks

/// What `fairline-eval-lm` reads.
struct EvaluateTextSettings: Configuration {
  var data = ""
  var genSubset = "test"
  var batchSize: Int?
  var maxTokens: Int?
  var requiredBatchSizeMultiple = 1
  var contextWindow = 0
  var softmaxBatch = 1024
  var postProcess: String?
  var outputWordProbs = false
  var outputWordStats = false
  var numShards = 1
  var shardId = 0
  var verify = true

  static var options: [Option<Self>] {
    [
      Option(positional: "data", \.data, "folder of preprocessed data"),
      Option("gen-subset", \.genSubset, "data subset to evaluate"),
      Option(
        "batch-size", aliases: ["max-sentences"], \.batchSize, in: .from(1),
        "maximum number of blocks in a batch"),
      Option(
        "max-tokens", \.maxTokens, in: .from(1),
        "maximum number of tokens in a batch: blocks times the longest block (default: 36000 "
          + "without --batch-size)"
      ),
      Option(
        "required-batch-size-multiple", \.requiredBatchSizeMultiple, in: .from(1),
        "round the number of blocks in a batch down to a multiple of this"),
      Option(
        "context-window", \.contextWindow, in: .from(0, to: 1_000_000),
        "symbols at the start of each block that are context only and not scored"),
      Option(
        "softmax-batch", \.softmaxBatch, in: .from(1),
        "number of symbols whose probabilities are computed at once"),
      Option(
        "post-process", aliases: ["remove-bpe"], \.postProcess,
        "count words instead of symbols: subword_nmt, sentencepiece", bare: "@@ "),
      Option("output-word-probs", \.outputWordProbs, "print every word with its score"),
      Option("output-word-stats", \.outputWordStats, "print sums of scores for every word"),
      Option(
        "num-shards", \.numShards, in: .from(1, to: 1_000_000),
        "number of parts that the batches are divided into"),
      Option("shard-id", \.shardId, in: .from(0, to: 999_999), "part to evaluate, counted from 0"),
      DatasetSettings.verification(\.verify),
    ]
  }

  /// How the text is cut up and computed.
  func evaluation() throws -> TextEvaluation.Settings {
    guard shardId < numShards else {
      throw OptionError.invalid(
        "--shard-id \(shardId) is not one of --num-shards \(numShards): give 0 to \(numShards - 1)")
    }
    var settings = TextEvaluation.Settings()
    settings.contextWindow = contextWindow
    settings.softmaxBatch = softmaxBatch
    settings.limits = BatchLimits(
      maxTokens: maxTokens ?? (batchSize == nil ? 36_000 : nil), maxSentences: batchSize,
      requiredMultiple: requiredBatchSizeMultiple)
    (settings.shard, settings.shardCount) = (shardId, numShards)
    return settings
  }
}
