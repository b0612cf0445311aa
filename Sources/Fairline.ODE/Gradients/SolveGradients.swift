/// The gradient of a loss by everything a solve began with.
public struct SolveGradients<State> {
  /// By the state at the first time.
  public var initialState: State
  /// By each input of the field, in the order of ``DifferentiableField/inputs``.
  public var inputs: [State]
  /// By each output time, when wanted; empty otherwise.
  ///
  /// An infinite end, and what lies behind an event, has none.
  public var times: [Double]
  /// What the way back cost.
  public var statistics: BackwardStatistics
}

/// What the way back of a solve cost.
public struct BackwardStatistics: Sendable {
  /// Evaluations of the field.
  public var evaluations = 0
  /// Vector-Jacobian products of the field.
  public var pullbacks = 0
  /// Accepted steps of the solve that were gone through, or of an adjoint solve.
  public var accepted = 0
  /// Rejected steps of an adjoint solve.
  public var rejected = 0
  /// The worst outcome of an adjoint solve.
  public var outcome = Outcome.finished

  /// Makes empty statistics.
  public init() {}
}
