/// How a solve goes through its interval.
public enum Stepping: Sendable, Equatable {
  /// Steps chosen by error where the solver is made for that (``Solver/isAdaptive``); otherwise one
  /// step from each output time to the next.
  case automatic
  /// Steps chosen by error, the same for the whole state.
  case adaptive
  /// Steps chosen by error for each sequence of a batch; sequences that have finished leave the
  /// computation.
  case perSequence
  /// One step from each output time to the next.
  case outputTimes
  /// Equal steps of a given length, the last one shorter where they do not divide the interval.
  case step(Double)
  /// A given number of equal steps over the whole interval.
  case count(Int)
  /// Steps that end at given times, the first and last of which are those of the interval.
  case grid([Double])

  /// Makes a choice of what settings may contain by name; without any of them, `automatic`.
  ///
  /// - Parameters:
  ///   - step: the length of equal steps.
  ///   - count: the number of equal steps.
  ///   - grid: the times at which steps end.
  /// - Throws: ``ODEError/conflictingSteps(_:)`` when more than one is given.
  public init(step: Double? = nil, count: Int? = nil, grid: [Double]? = nil) throws {
    let given: [(name: String, stepping: Stepping)] = [
      step.map { ("step", .step($0)) }, count.map { ("count", .count($0)) },
      grid.map { ("grid", .grid($0)) },
    ].compactMap(\.self)
    guard given.count <= 1 else { throw ODEError.conflictingSteps(given.map(\.name)) }
    self = given.first?.stepping ?? .automatic
  }
}

/// What fixed steps report at output times inside a step.
public enum FixedInterpolation: Sendable, Equatable {
  /// The method's own dense output.
  case own
  /// A chord.
  case linear
  /// A cubic through the values and slopes of both ends.
  case cubic
}

/// What a solve does when it runs out of steps or evaluations, or when no step that moves time is
/// short enough for its tolerance.
///
/// Its outcome says so all the same.
public enum LimitPolicy: Sendable, Equatable {
  /// The state stays where it stands.
  case hold
  /// The rest of the interval is covered by this number of equal steps, whatever their error, as
  /// long as they are finite; they count towards the budget.
  case coast(steps: Int)
}
