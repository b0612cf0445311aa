/// Functions that are called as a solve goes on; all optional.
public struct SolveObserver<State> {
  /// One attempted step.
  public struct Step {
    /// The time at the start of the step; one for each sequence where they have steps of their own.
    public let times: [Double]
    /// The signed length of the step.
    public let lengths: [Double]
    /// The state at the start of the step, before the step is advanced.
    public let state: State
  }

  /// Whether to go on.
  public enum Decision: Sendable {
    /// Go on.
    case proceed
    /// End the solve here; what has been reached is the result.
    case stop
  }

  /// Called before each attempted step.
  public var onStep: ((Step) -> Void)?
  /// Called after each accepted step; may end the solve.
  public var onAccept: ((Step) -> Decision)?
  /// Called after each rejected step.
  public var onReject: ((Step) -> Void)?

  /// Makes an observer that does nothing, or what the functions do.
  public init(
    onStep: ((Step) -> Void)? = nil, onAccept: ((Step) -> Decision)? = nil,
    onReject: ((Step) -> Void)? = nil
  ) {
    self.onStep = onStep
    self.onAccept = onAccept
    self.onReject = onReject
  }
}
