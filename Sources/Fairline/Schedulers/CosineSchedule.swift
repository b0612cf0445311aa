import Foundation

/// Settings of ``CosineSchedule``.
struct CosineScheduleSettings: Configuration, Equatable {
  /// The length of the linear warm-up in updates.
  var warmupUpdates = 0
  /// The rate at update 0; negative for the least rate.
  var warmupInitialRate = -1.0
  /// The rate at the end of the first period.
  var leastRate = 0.0
  /// How much longer each period is than the one before.
  var periodFactor = 1.0
  /// The length of the first period in updates; not positive for all updates after warm-up.
  var period = -1.0
  /// The factor on both ends of the range from one period to the next.
  var shrink = 0.1

  /// The defaults.
  init() {}

  /// The flags.
  static var options: [Option<Self>] {
    [
      .warmup(\.warmupUpdates),
      .warmup(from: \.warmupInitialRate, least: "--min-lr"),
      Option("min-lr", \.leastRate, in: .from(0), "learning rate at the end of the first period"),
      Option(
        "t-mult", \.periodFactor, in: .above(0, to: 1_000_000),
        "factor by which each period is longer than the one before"),
      Option(
        "lr-period-updates", \.period, in: .from(-1, to: 1_000_000_000),
        "number of updates in the first period; negative for --max-update without warm-up"),
      Option(
        "lr-shrink", \.shrink, in: .from(0, to: 1000),
        "factor on the learning rates of each further period"),
    ]
  }
}

/// Linear warm-up, then cosine annealing with warm restarts.
///
/// Loshchilov and Hutter 2017 (SGDR), equation 5, with a range that shrinks from one period to the
/// next: in period i both ends are multiplied by `shrink^i`.
struct CosineSchedule: RateSchedule {
  /// The rate in use.
  var learningRate: Double
  private let settings: CosineScheduleSettings
  private let warmup: Warmup
  private let period: Double

  /// A schedule; throws ``OptionError`` for impossible settings.
  init(_ settings: CosineScheduleSettings, _ context: SchedulerContext) throws {
    try settings.checkRanges()
    let peak = try context.single(for: "cosine")
    guard peak > settings.leastRate else {
      throw OptionError.invalid("--lr must be larger than --min-lr")
    }
    let rest = Double(context.maxUpdate - settings.warmupUpdates)
    guard settings.period > 0 || rest > 0 else {
      throw OptionError.invalid(
        "--lr-period-updates is needed, or a --max-update larger than --warmup-updates")
    }
    self.settings = settings
    period = settings.period > 0 ? settings.period : rest
    warmup = Warmup(
      updates: settings.warmupUpdates, from: settings.warmupInitialRate,
      least: settings.leastRate, to: peak)
    learningRate = warmup.initial
  }

  /// Follows warm-up or the cosine of the present period.
  mutating func update(_ updates: Int) -> Double {
    guard updates >= warmup.updates else {
      learningRate = warmup.rate(updates)
      return learningRate
    }
    let (index, length, position) = place(Double(updates - warmup.updates))
    let shrink = pow(settings.shrink, index)
    let (low, high) = (settings.leastRate * shrink, warmup.peak * shrink)
    learningRate = low + 0.5 * (high - low) * (1 + cos(.pi * position / length))
    return learningRate
  }

  /// The number of the period, its length and the place in it, after so many updates.
  private func place(_ updates: Double) -> (index: Double, length: Double, position: Double) {
    let factor = settings.periodFactor
    guard factor != 1 else {
      let index = (updates / period).rounded(.down)
      return (index, period, updates - period * index)
    }
    let index = (log(1 - updates / period * (1 - factor)) / log(factor)).rounded(.down)
    let before = (1 - pow(factor, index)) / (1 - factor) * period
    return (index, pow(factor, index) * period, updates - before)
  }
}
