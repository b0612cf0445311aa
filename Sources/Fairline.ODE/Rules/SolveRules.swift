/// The decisions that a solve leaves to its conventions.
///
/// A solve goes one way, whatever its conventions, and asks here where ways could part. Every rule
/// has a natural answer; conventions of another library name those they answer differently.
protocol SolveRules: Sendable {
  // MARK: Methods

  /// What computes the steps of a method; nil leaves it to the method.
  func makeStepper<State: ODEState>(
    of solver: any Solver, for setting: StepperSetting<State>
  ) -> (any Stepper<State>)?

  // MARK: Times

  /// Whether times are computed in the precision of the state.
  var roundsTimes: Bool { get }

  /// Whether a step chosen by error evaluates the field just inside its end rather than at it.
  var staysInside: Bool { get }

  /// Where the step that probes the field before the first one ends.
  func probeEnd<Scalar: ODEScalar>(from start: Double, by step: Scalar) -> Double

  /// Whether a solve over a single time evaluates the field there.
  var evaluatesSingleTime: Bool { get }

  // MARK: Where steps end

  /// The first step, as it was given or chosen, in an interval of some length.
  func firstStep(_ step: Double, interval: Double) -> Double

  /// Where a step chosen by error ends.
  func aim(_ step: Double, from time: Double, at targets: StepTargets) -> StepAim

  /// Whether a solve whose steps are chosen by error has come to its end.
  func isOver(at time: Double, end: Double, outputsLeft: Int, watchesEvents: Bool) -> Bool

  /// The number of steps of a length that go through an interval.
  func stepCount(over interval: Double, length: Double) -> Double

  // MARK: Acceptance

  /// Accepts or rejects a step chosen by error.
  func judge(_ error: StepError, length: Double, bounds: StepBounds) -> Verdict

  /// The step after an accepted one that was cut short to end at a forced time.
  func stepAfterShort(_ step: Double, uncut: Double) -> Double

  /// Whether a solve whose steps are chosen by error ends where a step would begin at a state that
  /// is not finite.
  var checksStarts: Bool { get }

  /// Whether a fixed step may end at a state that is not finite.
  var acceptsAnyFixedStep: Bool { get }

  // MARK: Limits

  /// The steps that count towards the limit.
  func countedSteps(of lane: Lane, onGrid: Bool) -> Int

  /// The limit of steps.
  func stepLimit(_ wanted: Int, isEndless: Bool, onGrid: Bool) -> Int

  // MARK: Outputs and events

  /// What fixed steps report inside a step.
  func interpolation(_ wanted: FixedInterpolation) -> FixedInterpolation

  /// Whether outputs at the end of a step are read from its dense output too.
  func interpolatesEnds(onGrid: Bool, _ interpolation: FixedInterpolation) -> Bool

  /// Whether the dense output is made anew for each output.
  func remakesCurves(onGrid: Bool, _ interpolation: FixedInterpolation) -> Bool

  /// The cubic through the values and slopes of both ends of the step just computed.
  func cubic<State: ODEState>(
    _ machine: inout StepMachine<State>, _ result: inout StepResult
  ) -> DensePolynomial

  /// Whether an event that is zero at the start ends the solve there.
  var eventsEndAtStart: Bool { get }

  /// Whether an event function whose sign went from one to another has crossed zero.
  func crosses(_ crossing: EventCrossing, from before: Double, to now: Double) -> Bool

  /// The sign that the next one is compared with.
  func sign(after before: Double, _ now: Double) -> Double

  // MARK: Gradients

  /// Whether the adjoint of time is part of the adjoint equation even where nobody asks for it.
  var alwaysCarriesTime: Bool { get }

  /// What is added to the rate at which an event function changes, by which its gradient is
  /// divided.
  var eventRateShift: Double { get }
}
