/// What a solve cost and how it went.
public struct SolveStatistics: Sendable {
  /// One attempted step.
  public struct Step: Sendable {
    /// The time at the start.
    public let time: Double
    /// The length; never negative.
    public let length: Double
    /// Whether it was accepted.
    public let wasAccepted: Bool
    /// Its error in units of the tolerance.
    public let error: Double
  }

  /// Evaluations of the field.
  public internal(set) var evaluations = 0
  /// Accepted steps.
  public internal(set) var accepted = 0
  /// Rejected steps.
  public internal(set) var rejected = 0
  /// Steps whose inner iteration ended short of its tolerance.
  public internal(set) var unconverged = 0
  /// The first step that was tried; nil when none was.
  public internal(set) var firstStep: Double?
  /// The shortest accepted step.
  public internal(set) var shortestStep = Double.infinity
  /// The longest accepted step.
  public internal(set) var longestStep = 0.0
  /// The sum of the errors of accepted steps, in units of the tolerance: a regulariser that costs
  /// nothing (Pal et al., "Opening the blackbox", 2021).
  public internal(set) var errorSum = 0.0
  /// The largest error of an accepted step, in units of the tolerance.
  public internal(set) var largestError = 0.0
  /// The earliest and latest time at which the field was evaluated.
  public internal(set) var timeRange: ClosedRange<Double>?
  /// The attempted steps in order, when the options keep them.
  public internal(set) var steps: [Step] = []

  /// Makes empty statistics.
  public init() {}

  mutating func count(
    time: Double, length: Double, error: Double, wasAccepted: Bool, keepsStep: Bool
  ) {
    if wasAccepted {
      firstStep = firstStep ?? length
      accepted += 1
      shortestStep = min(shortestStep, length)
      longestStep = max(longestStep, length)
      errorSum += error
      largestError = max(largestError, error)
    } else {
      rejected += 1
    }
    if keepsStep {
      steps.append(Step(time: time, length: length, wasAccepted: wasAccepted, error: error))
    }
  }

  /// Counts what another solve cost as well.
  mutating func add(_ other: SolveStatistics) {
    evaluations += other.evaluations
    accepted += other.accepted
    rejected += other.rejected
    unconverged += other.unconverged
    firstStep = firstStep ?? other.firstStep
    shortestStep = min(shortestStep, other.shortestStep)
    longestStep = max(longestStep, other.longestStep)
    errorSum += other.errorSum
    largestError = max(largestError, other.largestError)
    if let theirs = other.timeRange {
      timeRange =
        timeRange.map {
          min($0.lowerBound, theirs.lowerBound)...max($0.upperBound, theirs.upperBound)
        } ?? theirs
    }
    steps += other.steps
  }
}
