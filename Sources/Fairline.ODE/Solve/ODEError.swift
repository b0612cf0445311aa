/// A solve that was asked for wrongly.
public enum ODEError: Error, Equatable, Sendable {
  /// Output times must go one way and not repeat.
  case timesNotMonotone([Double])
  /// A solve needs at least its start time.
  case noTimes
  /// Only a solve with events may have an infinite end.
  case endNotFinite
  /// Step and jump times must not repeat.
  case repeatedForcedTime(Double)
  /// A grid must begin and end where the output times do and go one way.
  case gridMismatch
  /// A solver without error estimate cannot choose steps.
  case noErrorEstimate(solver: String)
  /// Step length, number of steps and grid exclude each other.
  case conflictingSteps([String])
  /// Something about steps or tolerances is not positive.
  case notPositive(what: String)
  /// Steps by sequence need a batch of sequences, a Runge-Kutta solver and a norm of parts.
  case notPerSequence(reason: String)
  /// There is no solver of this name.
  case unknownSolver(String, known: [String])
  /// A gradient was asked for that this solve cannot give.
  case gradientUnavailable(reason: String)
}

extension ODEError: CustomStringConvertible {
  /// What is wrong and how to mend it, in a sentence.
  public var description: String {
    switch self {
    case .timesNotMonotone(let times):
      "output times \(times) do not go one way: sort them and remove repetitions"
    case .noTimes: "there are no output times: give at least the start"
    case .endNotFinite: "the last output time is not finite: only a solve with events may be"
    case .repeatedForcedTime(let time):
      "\(time) occurs twice among step and jump times: give it once"
    case .gridMismatch:
      "the grid must go one way and begin and end at the first and last output time"
    case .noErrorEstimate(let solver):
      "\(solver) has no error estimate: choose fixed steps, or a solver such as dopri5"
    case .conflictingSteps(let given):
      "\(given.joined(separator: " and ")) exclude each other: give one of them"
    case .notPositive(let what): "\(what) must be positive"
    case .notPerSequence(let reason): "steps by sequence are not possible: \(reason)"
    case .unknownSolver(let name, let known):
      "no solver named '\(name)'; known: \(known.joined(separator: ", "))"
    case .gradientUnavailable(let reason): "this gradient is not available: \(reason)"
    }
  }
}
