public import FairlineTensor

/// One update of the parameters, or one that was left out.
public struct Update: Sendable {
  /// What became of it.
  public enum Outcome: Sendable, Equatable {
    /// The parameters changed.
    case applied
    /// Nothing changed since a number was not finite.
    case skipped(String)
    /// Nothing changed since every batch was refused by the model.
    case refused(String)
  }

  /// Updates made so far, this one included when it was applied.
  public var number: Int
  /// The epoch, counted from 1.
  public var epoch: Int
  /// Updates of the epoch so far.
  public var position: Int
  /// Updates of the whole epoch.
  public var epochUpdates: Int
  /// What became of it.
  public var outcome = Outcome.applied
  /// Micro-batches that the model refused, by their place in the update.
  public var refusals: [(place: Int, refusal: BatchRefusal)] = []
  /// What the criterion measured, summed over micro-batches.
  public var record = LossRecord()
  /// The norm of the normalised gradient before clipping.
  public var gradientNorm = 0.0
  /// Whether the gradient was clipped; nil without a limit.
  public var isClipped: Bool?
  /// The learning rate used.
  public var rate: Double
  /// The learning rate of the next update.
  public var nextRate: Double
  /// What the forward and backward passes measured.
  public var statistics = Statistics()
  /// Seconds this update took.
  public var seconds = 0.0
  /// Seconds of training so far, earlier runs included.
  public var totalSeconds = 0.0
  /// Columns of the observers that have heard of it already.
  public var columns: [ReportColumn] = []

  /// Makes an update of which nothing is measured yet.
  public init(
    number: Int, epoch: Int, position: Int, epochUpdates: Int, rate: Double, nextRate: Double
  ) {
    self.number = number
    self.epoch = epoch
    self.position = position
    self.epochUpdates = epochUpdates
    self.rate = rate
    self.nextRate = nextRate
  }
}

/// A model's losses on one validation set.
public struct Validation: Sendable {
  /// The name of the set.
  public var name: String
  /// The epoch, counted from 1.
  public var epoch: Int
  /// Updates made before it.
  public var updates: Int
  /// What the criterion measured, over the whole set.
  public var record = LossRecord()
  /// Batches of the set.
  public var batches = 0
  /// Further measures, in print order.
  public var measures: [ReportColumn] = []
  /// What the forward passes measured.
  public var statistics = Statistics()
  /// Seconds it took.
  public var seconds = 0.0
  /// The chosen metric as displayed; nil for all sets but the first.
  public var metric: Double?
  /// The name of the metric and its best value, this validation's included; nil on the first.
  public var best: ReportColumn?
  /// Columns of the observers that have heard of it already.
  public var columns: [ReportColumn] = []

  /// Makes a validation of which nothing is measured yet.
  public init(name: String, epoch: Int, updates: Int) {
    self.name = name
    self.epoch = epoch
    self.updates = updates
  }

  /// The value of a metric as displayed, rounded as in print.
  public func value(of metric: String) -> Double? {
    var report = Report("valid")
    report.add(record.columns + measures)
    return report[metric].flatMap { Double($0) }
  }
}
