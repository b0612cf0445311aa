/// What a stepper says about the step it has just computed.
public struct StepResult: Sendable {
  /// The place of the state at the end of the step.
  public var end: Int
  /// That state is the start plus the step times this sum.
  public var solution: SlopeSum
  /// The estimated error of the end is the step times this sum; nil when the method has no
  /// estimate.
  public var error: SlopeSum?
  /// The slope at the start of the step.
  public var startSlope: Int
  /// The slope at the end of the step, when it has been evaluated.
  public var endSlope: Int?
  /// The slopes that the next step begins with, in order.
  public var carried: [Int]
  /// Whether the first carried slope is the next step's slope at its start.
  public var carriesStartSlope: Bool
  /// Whether an iteration inside the step ended short of its tolerance.
  public var failedToConverge = false

  /// Describes a step.
  public init(
    end: Int, solution: SlopeSum, error: SlopeSum? = nil, startSlope: Int = 0, endSlope: Int? = nil,
    carried: [Int] = [], carriesStartSlope: Bool = false
  ) {
    self.end = end
    self.solution = solution
    self.error = error
    self.startSlope = startSlope
    self.endSlope = endSlope
    self.carried = carried
    self.carriesStartSlope = carriesStartSlope
  }
}
