/// What happens when a loss or a gradient is not a finite number.
public enum NonFinitePolicy: String, CaseIterable, Codable, Sendable, OptionValue {
  /// Training ends with an error that names the batch; no checkpoint is written.
  case stop
  /// The update is left out and counted.
  case skip
}

/// How parameters are updated and when training ends, under fairseq's names.
public struct OptimizationSettings: Configuration, Equatable {
  /// The number of epochs; 0 for no limit.
  public var maxEpoch = 0
  /// The number of updates; 0 for no limit.
  public var maxUpdate = 0
  /// The hours of training, earlier runs included; 0 for no limit.
  public var stopTimeHours = 0.0
  /// The largest norm of the gradient; 0 for no limit.
  public var clipNorm = 0.0
  /// Whether losses are divided by sentences instead of target symbols.
  public var sentenceAvg = false
  /// Micro-batches of an update, for each epoch; the last entry holds for all later ones.
  public var updateFreq = [1]
  /// Micro-batches of an update on all ranks together; ``updateFreq`` for each rank when 0.
  public var globalBatches = 0
  /// Learning rates: one, or one for each epoch where the schedule takes several.
  public var lr = [0.25]
  /// The learning rate at which training ends.
  public var stopMinLr = -1.0
  /// Parameters that stay as they are: names in which `*` stands for any text.
  public var freeze: [String] = []
  /// What happens with numbers that are not finite.
  public var onNonfinite = NonFinitePolicy.stop

  /// fairseq's defaults.
  public init() {}

  /// The flags.
  public static var options: [Option<Self>] {
    [
      Option("max-epoch", \.maxEpoch, in: .from(0), "stop after this many epochs; 0 for no limit"),
      Option(
        "max-update", \.maxUpdate, in: .from(0), "stop after this many updates; 0 for no limit"),
      Option(
        "stop-time-hours", \.stopTimeHours, in: .from(0),
        "stop after this many hours; 0 for no limit"),
      Option("clip-norm", \.clipNorm, in: .from(0), "maximum norm of the gradient; 0 for no limit"),
      Option(
        "sentence-avg", \.sentenceAvg,
        "divide losses by the number of sentences instead of tokens"),
      Option(
        "update-freq", \.updateFreq, in: .from(1, to: 1_000_000),
        "number of batches per update, one for each epoch; the last one holds for all that follow"
      ),
      Option(
        "global-batches", \.globalBatches, in: .from(0, to: 1_000_000),
        "number of batches per update on all ranks together, however many there are; 0 for "
          + "--update-freq of them for each rank"),
      Option(
        "lr", aliases: ["learning-rate"], \.lr, in: .from(0),
        "learning rate, or one for each epoch where the schedule takes several"),
      Option(
        "stop-min-lr", \.stopMinLr, in: .from(-1),
        "stop when the learning rate has fallen to this"),
      Option(
        "freeze", \.freeze,
        "parameters that are not trained, by their names, separated by commas; * stands for any "
          + "text: 'encoder.*'",
        value: "NAMES"),
      Option(
        "on-nonfinite", \.onNonfinite,
        "when a loss or gradient is not finite: stop, or skip the update"),
    ]
  }

  /// Refuses values that mean nothing.
  public func check() throws {
    try checkRanges()
    guard !updateFreq.isEmpty else {
      throw OptionError.invalid("--update-freq needs at least one number: give 1 for each batch")
    }
    guard globalBatches == 0 || updateFreq == [1] else {
      throw OptionError.invalid(
        "--global-batches says what an update takes: leave --update-freq out")
    }
  }

  /// Micro-batches that an update takes on all ranks.
  ///
  /// - Parameter epoch: counted from 1.
  func batches(ofUpdateIn epoch: Int, ranks: Int) -> Int {
    globalBatches > 0 ? globalBatches : updateFreq[min(epoch, updateFreq.count) - 1] * ranks
  }
}
