/// How data are read and cut into batches, under fairseq's names.
public struct DatasetSettings: Configuration, Equatable {
  /// The most sentences times longest side of a training batch.
  public var maxTokens: Int?
  /// The most sentences of a training batch.
  public var batchSize: Int?
  /// ``maxTokens`` of validation batches; the training batches' when nil.
  public var maxTokensValid: Int?
  /// ``batchSize`` of validation batches; the training batches' when nil.
  public var batchSizeValid: Int?
  /// What the number of sentences of a batch is rounded down to a multiple of.
  public var requiredBatchSizeMultiple = 8
  /// The subset trained on.
  public var trainSubset = "train"
  /// The subsets validated on, separated by commas.
  public var validSubset = "valid"
  /// Whether `valid1`, `valid2` and so on are joined with `valid`.
  public var combineVal = false
  /// Whether validation files that are not asked for are no error.
  public var ignoreUnusedValidSubsets = false
  /// Whether over-long sentences of validation and test data are left out instead of refused.
  public var skipInvalidSizeInputsValidTest = false
  /// Whether data files are compared with their checksums when they are opened.
  public var verify = true
  /// Epochs whose batches stay sorted by length.
  public var curriculum = 0
  /// How many parts the data is divided into.
  public var numShards = 1
  /// Which part is used.
  public var shardId = 0

  /// fairseq's defaults.
  public init() {}

  /// The flags.
  public static var options: [Option<Self>] {
    [
      Option(
        "max-tokens", \.maxTokens, in: .from(1),
        "maximum number of tokens in a batch: sentences times the longest side"),
      Option(
        "batch-size", aliases: ["max-sentences"], \.batchSize, in: .from(1),
        "maximum number of sentences in a batch"),
      Option("max-tokens-valid", \.maxTokensValid, in: .from(1), "the same for validation"),
      Option(
        "batch-size-valid", aliases: ["max-sentences-valid"], \.batchSizeValid, in: .from(1),
        "the same for validation"),
      Option(
        "required-batch-size-multiple", \.requiredBatchSizeMultiple, in: .from(1),
        "round the number of sentences in a batch down to a multiple of this"),
      Option("train-subset", \.trainSubset, "data subset to train on"),
      Option("valid-subset", \.validSubset, "data subsets to validate on, separated by commas"),
      Option(
        "combine-val", aliases: ["combine-valid-subsets"], \.combineVal,
        "join valid, valid1 and so on"),
      Option(
        "ignore-unused-valid-subsets", \.ignoreUnusedValidSubsets,
        "accept validation files that are not used"),
      Option(
        "skip-invalid-size-inputs-valid-test", \.skipInvalidSizeInputsValidTest,
        "skip sentences of validation and test sets that are too long"),
      Self.verification(\.verify),
      Option(
        "curriculum", \.curriculum, in: .from(0),
        "number of epochs whose batches stay sorted by length"),
      Option(
        "num-shards", \.numShards, in: .from(1, to: 1_000_000),
        "number of parts that the data is divided into"),
      Option(
        "shard-id", \.shardId, in: .from(0, to: 999_999),
        "part of the data to use, counted from 0"),
    ]
  }

  /// The flag that leaves the comparison with checksums out, for every program that opens data.
  public static func verification<Root>(
    _ property: WritableKeyPath<Root, Bool>
  ) -> Option<Root> {
    Option("verify", property, "compare data files with their checksums")
  }

  /// Refuses values that mean nothing.
  public func check() throws {
    try checkRanges()
    guard shardId < numShards else {
      throw OptionError.invalid(
        "--shard-id \(shardId) is not one of --num-shards \(numShards): give 0 to \(numShards - 1)")
    }
  }
}
