/// Adams-Bashforth methods with equal steps: one evaluation a step, whatever the order (Hairer,
/// Nørsett & Wanner, III.1).
///
/// The first steps are taken by the 3/8 rule. Steps of different lengths lose the order.
public struct ExplicitAdams: Solver {
  /// The highest order used.
  public let maxOrder: Int?

  /// Makes the method; without a limit of the order it is 4, above which stability is lost at
  /// useful steps.
  public init(maxOrder: Int? = nil) { self.maxOrder = maxOrder }

  /// The name by which users choose the method.
  public var name: String { "explicit_adams" }
  /// What the method is, in one line.
  public var summary: String { "Adams-Bashforth, equal steps, order \(order)" }
  /// The order.
  public var order: Int { maxOrder ?? 4 }
  /// There is no error estimate.
  public var errorExponent: Int? { nil }

  /// Makes what computes the steps of one solve.
  public func makeStepper<State: ODEState>(
    for setting: StepperSetting<State>
  ) -> any Stepper<State> {
    FixedAdamsStepper<State>(historyLimit: order, corrector: nil)
  }
}
