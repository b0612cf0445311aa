/// A numerical method for initial value problems.
///
/// A new method is one file with a value of this type, usually a ``RungeKutta`` around a table.
/// Methods that are no tables make a ``Stepper`` of their own.
public protocol Solver: Sendable {
  /// The name by which users choose the method, such as `dopri5`.
  var name: String { get }

  /// What the method is, in one line.
  var summary: String { get }

  /// The order: halving fixed steps divides the error by two to this power.
  var order: Int { get }

  /// The power of the step that the estimated error is proportional to; nil when the method has no
  /// error estimate and takes fixed steps only.
  var errorExponent: Int? { get }

  /// Whether steps are chosen by error unless the options say otherwise.
  var isAdaptive: Bool { get }

  /// Makes what computes the steps of one solve.
  func makeStepper<State: ODEState>(for setting: StepperSetting<State>) -> any Stepper<State>
}

extension Solver {
  /// Methods with an error estimate choose their steps.
  public var isAdaptive: Bool { errorExponent != nil }
}

/// What a stepper is told about the solve it is made for.
public struct StepperSetting<State: ODEState> {
  /// Whether steps are chosen by error.
  public let isAdaptive: Bool
  /// The tolerances of the solve; methods that iterate inside a step use them too.
  public let tolerance: Tolerance<State>
}
