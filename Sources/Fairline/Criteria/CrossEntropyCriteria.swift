public import FairlineTensor

/// Cross-entropy of the target symbols, in nats, summed over the batch.
public struct CrossEntropyCriterion: Criterion {
  private let averagesSentences: Bool

  /// Yes.
  public var addsUpOverSentences: Bool { true }

  /// Makes the criterion.
  public init(_ context: CriterionContext) { averagesSentences = context.averagesSentences }

  /// Computes the loss of a batch.
  public func callAsFunction(
    _ model: any Model, _ batch: Batch, _ pass: ForwardPass
  ) -> Loss {
    let sums = model(batch, pass).crossEntropy(targets: batch.target)
    var record = LossRecord(of: batch, averagesSentences: averagesSentences)
    record.loss = sums.lossSum
    // The report shows the likelihood apart only where it differs from the loss.
    if record.sampleSize != record.tokens {
      record.negativeLogLikelihood = sums.negativeLogLikelihood
    }
    return Loss(value: sums.loss, record: record)
  }
}

/// Cross-entropy against targets that give each wrong symbol a little probability (Szegedy and
/// others 2016), as fairseq defines it.
struct LabelSmoothedCrossEntropyCriterion: Criterion {
  /// The settings of label smoothing.
  struct Settings: SmoothedSettings, Equatable {
    /// The probability taken from the right symbol.
    var labelSmoothing = 0.0
    /// Whether the share of exactly predicted symbols is reported.
    var reportAccuracy = false
    /// How many target symbols of each sentence do not count.
    var ignorePrefixSize = 0

    /// fairseq's defaults.
    init() {}

    /// The flags.
    static var options: [Option<Self>] { smoothingOptions }
  }

  private let counts: SmoothedCounts<Settings>

  /// Yes.
  var addsUpOverSentences: Bool { true }

  /// Makes the criterion.
  init(_ settings: Settings, _ context: CriterionContext) throws {
    counts = try SmoothedCounts(settings, context)
  }

  /// Refuses models with an adaptive softmax.
  func check(_ model: any Model, _ task: any Task) throws {
    try refuseAdaptiveSoftmax(model, for: "label_smoothed_cross_entropy")
  }

  /// Computes the loss of a batch.
  func callAsFunction(
    _ model: any Model, _ batch: Batch, _ pass: ForwardPass
  ) -> Loss {
    let targets = batch.targets(ignoring: counts.settings.ignorePrefixSize)
    let sums = model(batch, pass).crossEntropy(targets: targets, smoothing: counts.smoothing)
    return Loss(value: sums.loss, record: counts.record(batch, sums, over: targets))
  }
}

extension LossRecord {
  /// Makes a record with a batch's sizes.
  public init(of batch: Batch, averagesSentences: Bool) {
    self.init()
    tokens = batch.tokenCount
    sentences = batch.sentenceCount
    sampleSize = averagesSentences ? batch.sentenceCount : batch.tokenCount
  }
}
