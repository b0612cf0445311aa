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
  /// An interval without an end has no equal shares, no grid and no last output time to step to.
  case endlessSteps
  /// A state that has to fit another one has another shape.
  case shapeMismatch(what: String, count: Int, wanted: Int)
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
    case .endlessSteps:
      "fixed steps over an endless interval need a finite length: give a step"
    case .shapeMismatch(let what, let count, let wanted):
      count == wanted
        ? "the shape of \(what) does not fit the state's: give it the shape of the state"
        : "\(what) has \(count) elements and the state \(wanted): give one for each"
    }
  }
}

extension ODEError {
  /// The error about a state that does not fit another.
  static func misfit<State: ODEState>(_ what: String, _ got: State, _ wanted: State) -> ODEError {
    .shapeMismatch(what: what, count: got.count, wanted: wanted.count)
  }

  /// Refuses a state that does not fit another; nil fits.
  static func check<State: ODEState>(_ got: State?, fits wanted: State, _ what: String) throws {
    if let got, !got.hasShape(of: wanted) { throw misfit(what, got, wanted) }
  }
}
