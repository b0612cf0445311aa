/// The natural rules.
struct StandardRules: SolveRules {}

extension SolveRules {
  func makeStepper<State: ODEState>(
    of solver: any Solver, for setting: StepperSetting<State>
  ) -> (any Stepper<State>)? { nil }

  var roundsTimes: Bool { false }
  var staysInside: Bool { false }
  var evaluatesSingleTime: Bool { false }
  var checksStarts: Bool { false }
  var acceptsAnyFixedStep: Bool { false }
  var eventsEndAtStart: Bool { false }
  var alwaysCarriesTime: Bool { false }
  var eventRateShift: Double { 0 }

  func probeEnd<Scalar: ODEScalar>(from start: Double, by step: Scalar) -> Double {
    start + Double(step)
  }

  func firstStep(_ step: Double, interval: Double) -> Double { min(step, interval) }

  func isOver(at time: Double, end: Double, outputsLeft: Int, watchesEvents: Bool) -> Bool {
    time >= end
  }

  /// A last step that would only make up for rounding is left out.
  func stepCount(over interval: Double, length: Double) -> Double {
    let count = (interval / length).rounded(.up)
    return count > 1 && (count - 1) * length >= interval ? count - 1 : max(count, 1)
  }

  func stepAfterShort(_ step: Double, uncut: Double) -> Double { max(step, uncut) }

  func countedSteps(of lane: Lane, onGrid: Bool) -> Int {
    lane.statistics.accepted + lane.statistics.rejected
  }

  /// A search for an event without an end gives up at some time.
  func stepLimit(_ wanted: Int, isEndless: Bool, onGrid: Bool) -> Int {
    isEndless && wanted == .max ? 100_000 : wanted
  }

  func interpolation(_ wanted: FixedInterpolation) -> FixedInterpolation { wanted }

  func interpolatesEnds(onGrid: Bool, _ interpolation: FixedInterpolation) -> Bool { false }

  func remakesCurves(onGrid: Bool, _ interpolation: FixedInterpolation) -> Bool { false }

  func cubic<State: ODEState>(
    _ machine: inout StepMachine<State>, _ result: inout StepResult
  ) -> DensePolynomial {
    .hermite(result, endSlope: machine.evaluateEndSlope(&result))
  }

  func crosses(_ crossing: EventCrossing, from before: Double, to now: Double) -> Bool {
    switch crossing {
    case .any: before * now < 0 || (now == 0 && before != 0)
    case .rising: before < 0 && now >= 0
    case .falling: before > 0 && now <= 0
    }
  }

  /// A function that begins at zero has its sign from where it goes.
  func sign(after before: Double, _ now: Double) -> Double {
    now != 0 || before == 0 ? now : before
  }
}
