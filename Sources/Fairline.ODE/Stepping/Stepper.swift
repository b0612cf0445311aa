/// Computes steps of one method for one solve; a value, so that a step can be repeated later
/// exactly as it was.
public protocol Stepper<State> {
  /// What is integrated.
  associatedtype State: ODEState

  /// The most evaluations of the field that one attempted step takes.
  var evaluationsPerStep: Int { get }

  /// The most evaluations that dense output of one step takes besides.
  var evaluationsPerOutput: Int { get }

  /// Computes a step of the machine's length from the machine's first point.
  mutating func step(_ machine: inout StepMachine<State>) -> StepResult

  /// Describes the solution between start and end of the step just computed, evaluating further
  /// slopes if that takes any.
  mutating func denseOutput(
    _ machine: inout StepMachine<State>, _ result: inout StepResult
  ) -> DensePolynomial

  /// Learns that the step just computed was accepted, before the machine goes on.
  mutating func accepted(_ machine: StepMachine<State>, _ result: inout StepResult)

  /// The next step as a factor of this one; nil leaves it to the step controller.
  ///
  /// - Parameters:
  ///   - ratio: the error of the step in units of the tolerance.
  ///   - wasAccepted: whether the step was accepted.
  ///   - measure: the size of another error estimate, in the same units.
  mutating func stepFactor(
    ratio: Double, wasAccepted: Bool, measure: (SlopeSum) -> Double
  ) -> Double?

  /// Forgets what is known of earlier steps, as after a jump of the field.
  mutating func restart()
}

extension Stepper {
  /// Dense output takes no evaluations.
  public var evaluationsPerOutput: Int { 0 }

  /// Nothing is learned from acceptance.
  public mutating func accepted(_ machine: StepMachine<State>, _ result: inout StepResult) {}

  /// Leaves step sizes to the step controller.
  public mutating func stepFactor(
    ratio: Double, wasAccepted: Bool, measure: (SlopeSum) -> Double
  ) -> Double? { nil }

  /// There is nothing to forget.
  public mutating func restart() {}
}
