import Foundation

/// Settings of ``TriStageSchedule``.
struct TriStageScheduleSettings: Configuration, Equatable {
  /// Updates of warm-up.
  var warmupSteps = 0
  /// Updates at the full rate.
  var holdSteps = 0
  /// Updates of decay.
  var decaySteps = 0
  /// The three lengths as parts of all updates, instead of the three numbers.
  var phaseRatio: [Double]?
  /// The rate at the start as a part of the full one.
  var initialScale = 0.01
  /// The rate at the end as a part of the full one.
  var finalScale = 0.01

  /// The defaults.
  init() {}

  /// The flags.
  static var options: [Option<Self>] {
    [
      Option("warmup-steps", \.warmupSteps, in: .from(0), "number of updates of linear warm-up"),
      Option(
        "hold-steps", \.holdSteps, in: .from(0), "number of updates at the full learning rate"),
      Option("decay-steps", \.decaySteps, in: .from(0), "number of updates of exponential decay"),
      Option(
        "phase-ratio", \.phaseRatio, in: .from(0, to: 1),
        "lengths of the three stages as shares of --max-update, instead of the three numbers"),
      Option(
        "init-lr-scale", \.initialScale, in: .from(0), "first learning rate as a share of --lr"),
      Option(
        "final-lr-scale", \.finalScale, in: .above(0), "last learning rate as a share of --lr"),
    ]
  }
}

/// Linear rise, a plateau, exponential decay, then a constant (SpecAugment, 2019).
struct TriStageSchedule: RateSchedule {
  /// The rate in use.
  var learningRate: Double
  private let peak: Double
  private let first: Double
  private let last: Double
  private let decayRate: Double
  private let ends: (warmup: Int, hold: Int, decay: Int)

  /// A schedule; throws ``OptionError`` for impossible settings.
  init(_ settings: TriStageScheduleSettings, _ context: SchedulerContext) throws {
    try settings.checkRanges()
    peak = try context.single(for: "tri_stage")
    var lengths = [settings.warmupSteps, settings.holdSteps, settings.decaySteps]
    if let ratio = settings.phaseRatio {
      guard ratio.count == 3, abs(ratio.reduce(0, +) - 1) < 1e-9, context.maxUpdate > 0 else {
        throw OptionError.invalid(
          "--phase-ratio needs three numbers with sum 1, and a --max-update")
      }
      lengths = ratio.map { Int(Double(context.maxUpdate) * $0) }
    }
    guard lengths.allSatisfy({ $0 >= 0 }), lengths.reduce(0, +) > 0 else {
      throw OptionError.invalid(
        "--warmup-steps, --hold-steps and --decay-steps (or --phase-ratio) are needed")
    }
    ends = (lengths[0], lengths[0] + lengths[1], lengths[0] + lengths[1] + lengths[2])
    first = settings.initialScale * peak
    last = settings.finalScale * peak
    decayRate = lengths[2] > 0 ? -log(settings.finalScale) / Double(lengths[2]) : 0
    learningRate = first
  }

  /// Follows the stages.
  mutating func update(_ updates: Int) -> Double {
    if updates < ends.warmup {
      learningRate = first + (peak - first) / Double(ends.warmup) * Double(updates)
    } else if updates < ends.hold {
      learningRate = peak
    } else if updates <= ends.decay {
      learningRate = peak * exp(-decayRate * Double(updates - ends.hold))
    } else {
      learningRate = last
    }
    return learningRate
  }
}
