import Foundation

/// Settings of ``TriangularSchedule``.
struct TriangularScheduleSettings: Configuration, Equatable {
  /// The rate at the tips; must be larger than the base rate.
  var maxRate: Double?
  /// The length of a period in updates.
  var period = 5000.0
  /// The factor on the tips from one period to the next.
  var shrink = 0.1
  /// Whether the base rate shrinks too.
  var shrinksBase = false

  /// The defaults.
  init() {}

  /// The flags.
  static var options: [Option<Self>] {
    [
      Option("max-lr", \.maxRate, in: .from(0), "learning rate at the peaks, larger than --lr"),
      Option(
        "lr-period-updates", \.period, in: .from(2, to: 1_000_000_000),
        "number of updates in a period"),
      Option(
        "lr-shrink", \.shrink, in: .from(0, to: 1000),
        "factor on the peaks of each further period"),
      Option("shrink-min", \.shrinksBase, "shrink --lr too"),
    ]
  }
}

/// Straight lines up and down between two rates (Smith 2017, cyclical learning rates).
struct TriangularSchedule: RateSchedule {
  /// The rate in use.
  var learningRate: Double
  private let settings: TriangularScheduleSettings
  private let base: Double
  private let tip: Double
  private let half: Double

  /// A schedule; throws ``OptionError`` for impossible settings.
  init(_ settings: TriangularScheduleSettings, _ context: SchedulerContext) throws {
    try settings.checkRanges()
    base = try context.single(for: "triangular")
    guard let tip = settings.maxRate, tip > base else {
      throw OptionError.invalid("--max-lr is needed, larger than --lr")
    }
    self.tip = tip
    half = (settings.period / 2).rounded(.down)
    self.settings = settings
    learningRate = base
  }

  /// Follows the triangles.
  mutating func update(_ updates: Int) -> Double {
    let cycle = (Double(updates) / (2 * half)).rounded(.down)
    let shrink = pow(settings.shrink, cycle)
    let low = settings.shrinksBase ? base * shrink : base
    let distance = abs(Double(updates) / half - 2 * (cycle + 1) + 1)
    learningRate = low + (tip * shrink - low) * max(0, 1 - distance)
    return learningRate
  }
}
