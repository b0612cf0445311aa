/// Settings of ``InverseSquareRootSchedule``.
struct InverseSquareRootScheduleSettings: Configuration, Equatable {
  /// The length of the linear warm-up in updates.
  var warmupUpdates = 4000
  /// The rate at update 0; negative for 0 (or the full rate when there is no warm-up).
  var warmupInitialRate = -1.0

  /// The defaults.
  init() {}

  /// The flags.
  static var options: [Option<Self>] {
    [
      .warmup(\.warmupUpdates),
      .warmup(from: \.warmupInitialRate, least: "0"),
    ]
  }
}

/// Linear warm-up, then decay with the inverse square root of the update number.
///
/// Vaswani et al. 2017, section 5.3, with a free peak: after W updates of warm-up the rate is
/// `lr · √W / √n`. The rate of the very first update is the initial one, 0 by default.
struct InverseSquareRootSchedule: RateSchedule {
  /// The rate in use.
  var learningRate: Double
  private let warmup: Warmup

  /// A schedule; throws ``OptionError`` for impossible settings.
  init(
    _ settings: InverseSquareRootScheduleSettings, _ context: SchedulerContext
  ) throws {
    try settings.checkRanges()
    let peak = try context.single(for: "inverse_sqrt")
    let start = settings.warmupUpdates > 0 ? 0 : peak
    warmup = Warmup(
      updates: settings.warmupUpdates, from: settings.warmupInitialRate, least: start, to: peak)
    learningRate = warmup.initial
  }

  /// Follows warm-up or decay.
  mutating func update(_ updates: Int) -> Double {
    if updates < warmup.updates {
      learningRate = warmup.rate(updates)
    } else {
      let start = Double(max(1, warmup.updates))
      learningRate = warmup.peak * start.squareRoot() / Double(max(1, updates)).squareRoot()
    }
    return learningRate
  }
}
