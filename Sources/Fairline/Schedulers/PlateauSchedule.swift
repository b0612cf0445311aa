/// Settings of ``PlateauSchedule``.
struct PlateauScheduleSettings: Configuration, Equatable {
  /// The factor when validation no longer improves.
  var shrink = 0.1
  /// How much better, relatively, a value must be to count as an improvement.
  var threshold = 1e-4
  /// How many validations without improvement are borne.
  var patience = 0
  /// The length of the linear warm-up in updates.
  var warmupUpdates = 0
  /// The rate at update 0; negative for 0 (or the full rate when there is no warm-up).
  var warmupInitialRate = -1.0

  /// The defaults.
  init() {}

  /// The flags.
  static var options: [Option<Self>] {
    [
      Option(
        "lr-shrink", \.shrink, in: .from(0, below: 1),
        "factor on the learning rate when validation no longer improves"),
      Option(
        "lr-threshold", \.threshold, in: .from(0), "smallest relative improvement that counts"),
      Option(
        "lr-patience", \.patience, in: .from(0),
        "number of epochs without improvement before the learning rate shrinks"),
      .warmup(\.warmupUpdates),
      .warmup(from: \.warmupInitialRate, least: "0"),
    ]
  }
}

/// Shrinks the rate when validation stops improving; steps at the end of epochs.
///
/// Epochs that end during warm-up do not count. A step of less than 1e-8 is not made.
struct PlateauSchedule: LearningRateScheduler {
  /// What it remembers; only the rate when another schedule was in use before.
  struct State: Codable, Sendable, Equatable {
    /// The rate in use.
    var learningRate: Double
    /// The best validation value so far.
    var best: Double?
    /// Validations since the best one.
    var badEpochs: Int?
    /// Whether warm-up is over.
    var isWarm: Bool?
  }

  /// The rate in use.
  private(set) var learningRate: Double
  private let settings: PlateauScheduleSettings
  private let maximizes: Bool
  private let warmup: Warmup
  private var isWarm: Bool
  private var best: Double
  private var badEpochs = 0

  /// A schedule; throws ``OptionError`` for impossible settings.
  init(_ settings: PlateauScheduleSettings, _ context: SchedulerContext) throws {
    try settings.checkRanges()
    let peak = try context.single(for: "reduce_lr_on_plateau")
    self.settings = settings
    maximizes = context.maximizesMetric
    best = maximizes ? -.infinity : .infinity
    isWarm = settings.warmupUpdates == 0
    let start = isWarm ? peak : 0
    warmup = Warmup(
      updates: settings.warmupUpdates, from: settings.warmupInitialRate, least: start, to: peak)
    learningRate = warmup.initial
  }

  /// The rate, the best value and the epochs since; so patience survives a restart.
  var state: State {
    get {
      State(learningRate: learningRate, best: best, badEpochs: badEpochs, isWarm: isWarm)
    }
    set {
      learningRate = newValue.learningRate
      best = newValue.best ?? best
      badEpochs = newValue.badEpochs ?? badEpochs
      isWarm = newValue.isWarm ?? isWarm
    }
  }

  /// Follows warm-up; afterwards only epochs change the rate.
  mutating func update(_ updates: Int) -> Double {
    guard settings.warmupUpdates > 0 else { return learningRate }
    if updates <= settings.warmupUpdates {
      learningRate = warmup.rate(updates)
    } else {
      isWarm = true
    }
    return learningRate
  }

  /// Compares the epoch's validation value with the best one.
  mutating func endEpoch(_ epoch: Int, validation: Double?) -> Double {
    guard let value = validation, isWarm else { return learningRate }
    let isBetter =
      maximizes
      ? value > best * (1 + settings.threshold) : value < best * (1 - settings.threshold)
    if isBetter {
      best = value
      badEpochs = 0
    } else {
      badEpochs += 1
    }
    guard badEpochs > settings.patience else { return learningRate }
    badEpochs = 0
    let next = max(0, learningRate * settings.shrink)
    if learningRate - next > 1e-8 { learningRate = next }
    return learningRate
  }
}
