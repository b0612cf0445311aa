/// How a solve ended.
///
/// Every solve ends, and every outcome has a defined result. Output times that were not reached
/// report the last state that was.
public enum Outcome: Sendable, Equatable {
  /// The whole interval was covered within tolerance.
  case finished
  /// An event ended the solve.
  case event
  /// An observer ended the solve.
  case stopped
  /// The limit of steps was reached.
  case stepLimit
  /// The budget of evaluations was reached.
  case evaluationLimit
  /// The step became so small that it no longer moves time.
  case stepTooSmall
  /// The state or its error became infinite or not a number, and smaller steps did not help.
  case notFinite

  /// Whether the result is what was asked for.
  public var isSuccess: Bool { self == .finished || self == .event || self == .stopped }
}

extension Outcome: CustomStringConvertible {
  /// The outcome in words.
  public var description: String {
    switch self {
    case .finished: "finished"
    case .event: "ended by an event"
    case .stopped: "stopped by an observer"
    case .stepLimit: "ran out of steps"
    case .evaluationLimit: "ran out of evaluations"
    case .stepTooSmall: "step became too small"
    case .notFinite: "state became infinite or not a number"
    }
  }
}
