import Foundation

/// Settings of ``StepSchedule``.
struct StepScheduleSettings: Configuration, Equatable {
  /// The length of the linear warm-up in updates.
  var warmupUpdates = 0
  /// The rate at update 0; negative for the least rate.
  var warmupInitialRate = -1.0
  /// The rate never falls below this.
  var leastRate = 0.0
  /// Updates between two steps.
  var decayPeriod = 25000
  /// The factor of a step.
  var decay = 0.5

  /// The defaults.
  init() {}

  /// The flags.
  static var options: [Option<Self>] {
    [
      .warmup(\.warmupUpdates),
      .warmup(from: \.warmupInitialRate, least: "--min-lr"),
      Option("min-lr", \.leastRate, in: .from(0), "minimum learning rate"),
      Option(
        "lr-decay-period", aliases: ["lr-deacy-period"], \.decayPeriod, in: .from(1),
        "number of updates between two steps"),
      Option("lr-decay", \.decay, in: .above(0, to: 1), "factor on the learning rate at each step"),
    ]
  }
}

/// Linear warm-up, then a factor after every so many updates.
struct StepSchedule: RateSchedule {
  /// The rate in use.
  var learningRate: Double
  private let settings: StepScheduleSettings
  private let warmup: Warmup

  /// A schedule; throws ``OptionError`` for impossible settings.
  init(_ settings: StepScheduleSettings, _ context: SchedulerContext) throws {
    try settings.checkRanges()
    let peak = try context.single(for: "step")
    guard peak > settings.leastRate else {
      throw OptionError.invalid("--lr must be larger than --min-lr")
    }
    self.settings = settings
    warmup = Warmup(
      updates: settings.warmupUpdates, from: settings.warmupInitialRate,
      least: settings.leastRate, to: peak)
    learningRate = warmup.initial
  }

  /// Follows warm-up or the steps.
  mutating func update(_ updates: Int) -> Double {
    if updates < warmup.updates {
      learningRate = warmup.rate(updates)
    } else {
      let steps = (updates - warmup.updates) / settings.decayPeriod
      learningRate = max(warmup.peak * pow(settings.decay, Double(steps)), settings.leastRate)
    }
    return learningRate
  }
}
