import Foundation

/// Settings of ``PolynomialDecaySchedule``.
struct PolynomialDecayScheduleSettings: Configuration, Equatable {
  /// The length of the linear warm-up in updates.
  var warmupUpdates = 0
  /// The epoch from which the base rate is no longer taken from the list, or nil for never.
  var forceAnneal: Int?
  /// The rate at the end.
  var endRate = 0.0
  /// The exponent; 1 is a straight line.
  var power = 1.0
  /// The number of updates at which the end is reached, or nil for the end of training.
  var totalUpdates: Int?

  /// The defaults.
  init() {}

  /// The flags.
  static var options: [Option<Self>] {
    [
      .warmup(\.warmupUpdates),
      Option(
        "force-anneal", \.forceAnneal, in: .from(0), "epoch from which --lr no longer changes"),
      Option("end-learning-rate", \.endRate, in: .from(0), "learning rate at the end"),
      Option("power", \.power, in: .from(0, to: 1000), "exponent of the decay"),
      Option(
        "total-num-update", \.totalUpdates, in: .from(1),
        "number of updates until the end (default: --max-update)"),
    ]
  }
}

/// Linear warm-up, then decay to an end rate along a power of the remaining part.
///
/// Epoch e takes the e-th base rate of the list, as ``FixedSchedule`` does.
struct PolynomialDecaySchedule: EpochRateSchedule {
  /// The rate in use.
  var learningRate: Double
  private let settings: PolynomialDecayScheduleSettings
  private let rates: [Double]
  private let total: Int
  var baseRate: Double
  var factor: Double

  /// A schedule; throws ``OptionError`` for impossible settings.
  init(
    _ settings: PolynomialDecayScheduleSettings, _ context: SchedulerContext
  ) throws {
    try settings.checkRanges()
    total = settings.totalUpdates ?? context.maxUpdate
    guard total > settings.warmupUpdates else {
      throw OptionError.invalid(
        "--total-num-update (or --max-update) is needed, larger than --warmup-updates")
    }
    self.settings = settings
    rates = context.learningRates
    baseRate = rates[0]
    factor = settings.warmupUpdates > 0 ? 1 / Double(settings.warmupUpdates) : 1
    learningRate = factor * baseRate
  }

  /// Takes the epoch's base rate from the list, or keeps the rate reached.
  mutating func beginEpoch(_ epoch: Int) -> Double {
    if let start = settings.forceAnneal, epoch >= start {
      return begin(with: learningRate)
    }
    return begin(with: rates[max(0, min(epoch, rates.count) - 1)])
  }

  /// Follows warm-up or decay.
  mutating func update(_ updates: Int) -> Double {
    let warmup = settings.warmupUpdates
    if warmup > 0, updates <= warmup {
      factor = Double(updates) / Double(warmup)
      learningRate = factor * baseRate
    } else if updates >= total {
      learningRate = settings.endRate
    } else {
      let rest = 1 - Double(updates - warmup) / Double(total - warmup)
      learningRate = (baseRate - settings.endRate) * pow(rest, settings.power) + settings.endRate
    }
    return learningRate
  }
}
