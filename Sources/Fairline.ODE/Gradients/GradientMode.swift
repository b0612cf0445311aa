/// How the gradient of a solve is computed.
public enum GradientMode {
  /// The exact gradient of the computed solution: accepted steps are computed again, last first,
  /// and gone through backwards.
  ///
  /// Kept are the states at which steps began; beyond `checkpoints` of them only some, and the
  /// steps between are computed once more. Step sizes count as constants.
  case replay(checkpoints: Int = .max)
  /// The same gradient, with every stage of every accepted step kept: nothing is computed again,
  /// memory grows with the number of evaluations. With steps by sequence this is the same as
  /// replay.
  case backpropagation
  /// The adjoint equation, solved backwards in time with the state: no memory, but an error of its
  /// own (Pontryagin et al., 1962; Chen et al., "Neural ordinary differential equations", 2018).
  case continuousAdjoint(AdjointOptions = AdjointOptions())
}

/// How the adjoint equation is solved.
public struct AdjointOptions {
  /// What controls the steps of the adjoint solve.
  public enum Norm: Sendable {
    /// State and adjoint only: the gradients of inputs are integrals that feed back into nothing
    /// (Kidger, Chen & Lyons, "Hey, that's not an ODE", 2021).
    case seminorm
    /// State, adjoint and the gradient of each input, whichever error is largest.
    case all
  }

  /// The relative tolerance; nil takes that of the solve.
  public var relative: Double?
  /// The absolute tolerance; nil takes that of the solve.
  public var absolute: Double?
  /// The method; nil takes that of the solve.
  public var solver: (any Solver)?
  /// How the interval is gone through; nil takes that of the solve, or of the method where one is
  /// given.
  public var stepping: Stepping?
  /// What controls the steps.
  public var norm: Norm

  /// Makes options; by default those of the solve, with the seminorm.
  public init(
    relative: Double? = nil, absolute: Double? = nil, solver: (any Solver)? = nil,
    stepping: Stepping? = nil, norm: Norm = .seminorm
  ) {
    self.relative = relative
    self.absolute = absolute
    self.solver = solver
    self.stepping = stepping
    self.norm = norm
  }
}
