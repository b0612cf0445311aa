import Foundation

/// Settings of ``FixedSchedule``.
struct FixedScheduleSettings: Configuration, Equatable {
  /// The epoch from which the rate shrinks, or nil for never.
  var forceAnneal: Int?
  /// The factor per epoch from then on.
  var shrink = 0.1
  /// The length of the linear warm-up in updates.
  var warmupUpdates = 0

  /// The defaults.
  init() {}

  /// The flags.
  static var options: [Option<Self>] {
    [
      Option(
        "force-anneal", aliases: ["fa"], \.forceAnneal, in: .from(0),
        "epoch from which the learning rate shrinks"),
      Option(
        "lr-shrink", \.shrink, in: .from(0, to: 1000),
        "factor per epoch once the learning rate shrinks"),
      .warmup(\.warmupUpdates),
    ]
  }
}

/// A rate per epoch from a list, with linear warm-up; update k of W uses k/W of it.
struct FixedSchedule: EpochRateSchedule {
  /// The rate in use.
  var learningRate: Double
  private let settings: FixedScheduleSettings
  private let rates: [Double]
  var baseRate: Double
  var factor: Double

  /// A schedule; throws ``OptionError`` for impossible settings.
  init(_ settings: FixedScheduleSettings, _ context: SchedulerContext) throws {
    try settings.checkRanges()
    self.settings = settings
    rates = context.learningRates
    baseRate = rates[0]
    learningRate = baseRate
    factor = settings.warmupUpdates > 0 ? 1 / Double(settings.warmupUpdates) : 1
  }

  /// Takes the epoch's rate from the list, or shrinks the last one.
  mutating func beginEpoch(_ epoch: Int) -> Double {
    if let start = settings.forceAnneal, epoch >= start {
      return begin(
        with: rates[rates.count - 1] * pow(settings.shrink, Double(epoch + 1 - start)))
    }
    return begin(with: rates[max(0, min(epoch, rates.count) - 1)])
  }

  /// Follows the warm-up.
  mutating func update(_ updates: Int) -> Double {
    if updates < settings.warmupUpdates {
      factor = Double(updates + 1) / Double(settings.warmupUpdates)
      learningRate = factor * baseRate
    } else {
      factor = 1
      learningRate = baseRate
    }
    return learningRate
  }
}
