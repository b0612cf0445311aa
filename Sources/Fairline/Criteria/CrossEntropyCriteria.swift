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
  struct Settings: Configuration, Equatable {
    /// The probability taken from the right symbol.
    var labelSmoothing = 0.0
    /// Whether the share of exactly predicted symbols is reported.
    var reportAccuracy = false
    /// How many target symbols of each sentence do not count.
    var ignorePrefixSize = 0

    /// fairseq's defaults.
    init() {}

    /// The flags.
    static var options: [Option<Self>] {
      [
        Option(
          "label-smoothing", \.labelSmoothing, in: .from(0, below: 1),
          "probability taken from the right symbol"),
        Option("report-accuracy", \.reportAccuracy, "report how many symbols are predicted"),
        Option(
          "ignore-prefix-size", \.ignorePrefixSize, in: .from(0),
          "leave out the first target symbols"),
      ]
    }
  }

  private let settings: Settings
  private let averagesSentences: Bool

  /// Yes.
  var addsUpOverSentences: Bool { true }

  /// Makes the criterion.
  init(_ settings: Settings, _ context: CriterionContext) throws {
    try settings.checkRanges()
    self.settings = settings
    averagesSentences = context.averagesSentences
  }

  /// Refuses models with an adaptive softmax.
  func check(_ model: any Model, _ task: any Task) throws {
    try refuseAdaptiveSoftmax(model, for: "label_smoothed_cross_entropy")
  }

  /// Computes the loss of a batch.
  func callAsFunction(
    _ model: any Model, _ batch: Batch, _ pass: ForwardPass
  ) -> Loss {
    let targets = batch.targets(ignoring: settings.ignorePrefixSize)
    let sums = model(batch, pass).crossEntropy(
      targets: targets, smoothing: Float(settings.labelSmoothing))
    var record = LossRecord(of: batch, averagesSentences: averagesSentences)
    record.loss = sums.lossSum
    record.negativeLogLikelihood = sums.negativeLogLikelihood
    if settings.reportAccuracy {
      record.measures["accuracy"] = LossRecord.Measure(
        sum: 100 * Double(sums.correct), weight: Double(targets.count { $0 >= 0 }))
    }
    return Loss(value: sums.loss, record: record)
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
