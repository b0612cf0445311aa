/// An explicit Runge-Kutta method, with its dense output.
public struct RungeKutta: Solver {
  /// How the solution between the ends of a step is found.
  public enum Interpolation: Sendable {
    /// The chord, for methods of order 1.
    case linear
    /// The parabola through start, slope at the start, and end, for orders 2 and 3.
    case quadratic
    /// The cubic with the values and slopes of both ends, for orders 3 and 4. Evaluates the slope
    /// at the end if no stage is there; the next step then begins with it.
    case hermite
    /// The quartic through both ends, their slopes, and a middle of order 4 with these weights.
    case quartic(middle: [Double])
    /// Polynomials of the method's own: for each stage the coefficients of `x, x^2, ...`.
    case native([[Double]])
    /// Polynomials of the method's own, raised by two orders with slopes at further nodes
    /// (`Bootstrap`).
    case bootstrapped([[Double]], nodes: [Double])
  }

  /// The name by which users choose the method.
  public let name: String
  /// What the method is, in one line.
  public let summary: String
  /// The order of the solution.
  public let order: Int
  /// The coefficients.
  public let tableau: ButcherTableau
  /// The solution between the ends of a step.
  public let interpolation: Interpolation
  /// Whether steps are chosen by error unless the options say otherwise.
  public let isAdaptive: Bool

  /// Makes a method from its table.
  ///
  /// - Parameter isAdaptive: whether steps are chosen by error unless the options say otherwise;
  ///   nil says yes where the table has error weights.
  public init(
    name: String, summary: String, order: Int, isAdaptive: Bool? = nil, tableau: ButcherTableau,
    interpolation: Interpolation
  ) {
    self.name = name
    self.summary = summary
    self.order = order
    self.tableau = tableau
    self.isAdaptive = isAdaptive ?? (tableau.errorWeights != nil)
    self.interpolation = interpolation
  }

  /// The order, for methods with an embedded error estimate.
  public var errorExponent: Int? { tableau.errorWeights == nil ? nil : order }

  /// Makes what computes the steps of one solve.
  @specialized(where State == [Double])
  @specialized(where State == [Float])
  @specialized(where State == TensorState)
  public func makeStepper<State: ODEState>(
    for setting: StepperSetting<State>
  ) -> any Stepper<State> {
    RungeKuttaStepper<State>(self)
  }
}
