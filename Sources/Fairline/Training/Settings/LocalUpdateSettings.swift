/// How ranks train by themselves between meetings, for slow networks.
public struct LocalUpdateSettings: Configuration, Equatable {
  /// Updates that each rank makes by itself before all meet; 0 for one update of all together.
  public var localUpdates = 0
  /// What a meeting makes of the ranks' changes.
  public var outerStep = OuterStep.slowmo
  /// The outer step's learning rate; nil for its own default.
  public var outerLr: Double?
  /// The share of the last outer step that is kept; nil for the step's own default.
  public var outerMomentum: Double?

  /// Meetings at every update.
  public init() {}

  /// The flags.
  public static var options: [Option<Self>] {
    [
      Option(
        "local-updates", \.localUpdates, in: .from(0, to: 1_000_000),
        "number of updates that each rank makes by itself before the ranks' models are made one; 0 "
          + "for making each update together"),
      Option(
        "outer-step", \.outerStep,
        "with --local-updates, how the models are made one: slowmo, or diloco"),
      Option(
        "outer-lr", \.outerLr, in: .from(0),
        "with --local-updates, learning rate of that step; by default 1 for slowmo and 0.7 for "
          + "diloco"),
      Option(
        "outer-momentum", \.outerMomentum, in: .from(0, below: 1),
        "with --local-updates, share of the last such step that is kept; by default 0.5 for slowmo "
          + "and 0.9 for diloco"),
    ]
  }

  /// Refuses values that mean nothing.
  public func check() throws {
    try checkRanges()
    var usual = Self()
    usual.localUpdates = localUpdates
    guard localUpdates > 0 || self == usual else {
      throw OptionError.invalid(
        "--outer-step, --outer-lr and --outer-momentum say how models are made one after local "
          + "updates: give --local-updates too, or leave them out")
    }
  }

  /// The outer step's learning rate.
  var rate: Double { outerLr ?? (outerStep == .slowmo ? 1 : 0.7) }
  /// The share of the last outer step that is kept.
  var momentum: Double { outerMomentum ?? (outerStep == .slowmo ? 0.5 : 0.9) }
}

/// What is made of the mean change of the ranks' models.
public enum OuterStep: String, CaseIterable, Codable, Sendable, OptionValue {
  /// Momentum of changes in units of the learning rate (Wang and others 2020, "SlowMo").
  case slowmo
  /// Gradient descent with Nesterov's momentum along the change (Douillard and others 2023,
  /// "DiLoCo").
  case diloco
}
