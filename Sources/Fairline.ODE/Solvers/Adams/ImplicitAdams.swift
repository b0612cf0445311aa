/// Adams-Moulton methods with equal steps, solved by functional iteration (Hairer, Nørsett &
/// Wanner, III.1).
///
/// Each step is predicted by the Adams-Bashforth method and corrected until the change is within
/// tolerance. Steps of different lengths lose the order.
public struct ImplicitAdams: Solver {
  /// The highest order used.
  public let maxOrder: Int?
  /// The most corrections of a step.
  public let maxIterations: Int

  /// Makes the method; without a limit of the order it is 5.
  public init(maxOrder: Int? = nil, maxIterations: Int = 4) {
    self.maxOrder = maxOrder
    self.maxIterations = maxIterations
  }

  /// The name by which users choose the method.
  public var name: String { "implicit_adams" }
  /// What the method is, in one line.
  public var summary: String { "Adams-Bashforth-Moulton, equal steps, order \(order)" }
  /// The order.
  public var order: Int { maxOrder ?? 5 }
  /// There is no error estimate.
  public var errorExponent: Int? { nil }

  /// Makes what computes the steps of one solve.
  public func makeStepper<State: ODEState>(
    for setting: StepperSetting<State>
  ) -> any Stepper<State> {
    FixedAdamsStepper<State>(
      historyLimit: order - 1,
      corrector: .init(maxIterations: maxIterations, tolerance: setting.tolerance))
  }
}
