/// Adams methods of variable order and variable step, in the mode predict, evaluate, correct,
/// evaluate: two evaluations a step.
///
/// The step continues with the corrected state, one order above the predicted one; the difference
/// between correctors of neighbouring orders is the error estimate, and choosing among them chooses
/// the order (Shampine & Gordon, "Computer Solution of Ordinary Differential Equations", 1975;
/// Hairer, Nørsett & Wanner, III.5 and III.7). Weights are computed for the actual steps.
public struct Adams: Solver {
  /// The highest order of the predictor, from 1 to 12.
  public let maxOrder: Int

  /// Makes the method.
  public init(maxOrder: Int = 12) {
    precondition((1...12).contains(maxOrder), "the order of an Adams method is 1 to 12")
    self.maxOrder = maxOrder
  }

  /// The name by which users choose the method.
  public var name: String { "adams" }
  /// What the method is, in one line.
  public var summary: String { "Adams-Bashforth-Moulton, variable step and order up to \(order)" }
  /// The highest order of the corrected state.
  public var order: Int { maxOrder + 1 }
  /// The first step is chosen for order 2.
  public var errorExponent: Int? { 2 }

  /// Makes what computes the steps of one solve.
  public func makeStepper<State: ODEState>(
    for setting: StepperSetting<State>
  ) -> any Stepper<State> {
    AdamsStepper<State>(maxOrder: maxOrder)
  }
}
