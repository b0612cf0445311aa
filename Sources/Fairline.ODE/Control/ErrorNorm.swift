/// How the scaled error of a step becomes one number; a step is accepted when that is at most 1.
public struct ErrorNorm<State: ODEState> {
  enum Kind {
    case measures(([Measure]) -> Double)
    case state((State) -> Double)
  }

  let kind: Kind

  /// The root of the mean square over all elements.
  public static var rootMeanSquare: ErrorNorm {
    ErrorNorm(kind: .measures { Measure.together($0).rootMeanSquare })
  }

  /// The largest absolute element.
  public static var maximum: ErrorNorm {
    ErrorNorm(kind: .measures { Measure.together($0).maximum })
  }

  /// The largest root mean square of a part: of a member of a tuple, or of a sequence of a batch.
  public static var largestPart: ErrorNorm {
    parts { measures in
      measures.reduce(0) {
        $1.rootMeanSquare > $0 || $1.rootMeanSquare.isNaN ? $1.rootMeanSquare : $0
      }
    }
  }

  /// A norm computed from the measures of the parts; the error itself is never stored.
  public static func parts(_ norm: @escaping ([Measure]) -> Double) -> ErrorNorm {
    ErrorNorm(kind: .measures(norm))
  }

  /// A norm of the user's: receives the error with each element divided by its tolerance.
  public static func custom(_ norm: @escaping (State) -> Double) -> ErrorNorm {
    ErrorNorm(kind: .state(norm))
  }
}

/// Measures combinations of states in a norm, with a buffer for norms that need the error itself.
struct NormMeter<State: ODEState> {
  let norm: ErrorNorm<State>
  let tolerance: Tolerance<State>
  private var measures: [Measure] = []
  private var buffer: State?

  init(norm: ErrorNorm<State>, tolerance: Tolerance<State>) {
    self.norm = norm
    self.tolerance = tolerance
  }

  /// One number for the whole state, and whether error and states were finite.
  mutating func whole(
    _ sum: LinearSum<State>, first: State, second: State
  ) -> StepError {
    switch norm.kind {
    case .measures(let function):
      measures.removeAll(keepingCapacity: true)
      first.measure(sum, second: second, tolerance: tolerance, into: &measures)
      return StepError(ratio: function(measures), isFinite: measures.allSatisfy(\.isFinite))
    case .state(let function):
      var scaled = buffer ?? first.zeros()
      buffer = nil
      scaled.assignScaled(sum, first: first, second: second, tolerance: tolerance)
      let norm = function(scaled)
      buffer = scaled
      return StepError(ratio: norm, isFinite: norm.isFinite && second.isFinite)
    }
  }

  /// One number for each part, in the norm of a state that has that part only.
  mutating func byPart(
    _ sum: LinearSum<State>, first: State, second: State
  ) -> [StepError] {
    guard case .measures(let function) = norm.kind else {
      preconditionFailure("a custom norm sees whole states and cannot control single sequences")
    }
    measures.removeAll(keepingCapacity: true)
    first.measure(sum, second: second, tolerance: tolerance, into: &measures)
    return measures.map { StepError(ratio: function([$0]), isFinite: $0.isFinite) }
  }
}
