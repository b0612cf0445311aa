import FairlineTensor

/// The settings of criteria that smooth labels.
protocol SmoothedSettings: Configuration {
  /// The probability taken from the right symbol.
  var labelSmoothing: Double { get set }
  /// Whether the share of exactly predicted symbols is reported.
  var reportAccuracy: Bool { get set }
  /// How many target symbols of each sentence do not count.
  var ignorePrefixSize: Int { get set }
}

extension SmoothedSettings {
  /// The flags that these criteria share.
  static var smoothingOptions: [Option<Self>] {
    [
      Option(
        "label-smoothing", \.labelSmoothing, in: .from(0, below: 1),
        "probability taken from the correct symbol"),
      Option(
        "report-accuracy", \.reportAccuracy, "report the share of correctly predicted symbols"),
      Option(
        "ignore-prefix-size", \.ignorePrefixSize, in: .from(0),
        "number of first target symbols that do not count"),
    ]
  }
}

/// What criteria that smooth labels count alike.
struct SmoothedCounts<Settings: SmoothedSettings>: Sendable {
  let settings: Settings
  private let averagesSentences: Bool

  init(_ settings: Settings, _ context: CriterionContext) throws {
    try settings.checkRanges()
    self.settings = settings
    averagesSentences = context.averagesSentences
  }

  /// The probability taken from the right symbol.
  var smoothing: Float { Float(settings.labelSmoothing) }

  /// A record of a batch's loss, likelihood and accuracy.
  ///
  /// - Parameter targets: those that the sums are taken over; negative ones do not count.
  func record(_ batch: Batch, _ sums: CrossEntropy, over targets: [Int32]) -> LossRecord {
    var record = LossRecord(of: batch, averagesSentences: averagesSentences)
    record.loss = sums.lossSum
    record.negativeLogLikelihood = sums.negativeLogLikelihood
    if settings.reportAccuracy {
      record.measures["accuracy"] = LossRecord.Measure(
        sum: 100 * Double(sums.correct), weight: Double(targets.count { $0 >= 0 }))
    }
    return record
  }
}

extension Batch {
  /// The targets, without those at the first places of each sentence. `[target]`
  func targets(ignoring prefix: Int) -> [Int32] {
    guard prefix > 0 else { return target }
    var targets = target
    for row in 0..<decoderInput.segments.count {
      for place in decoderInput.segments[row].prefix(prefix) { targets[place] = -1 }
    }
    return targets
  }
}
