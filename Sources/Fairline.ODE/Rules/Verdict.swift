/// The estimated error of a step.
struct StepError {
  /// In units of the tolerance.
  var ratio: Double
  /// Whether the error and the state at the end of the step are finite.
  var isFinite: Bool
}

/// The shortest and the longest step.
struct StepBounds {
  var least: Double
  var most: Double

  /// The nearest step within the bounds; the longest where they contradict each other.
  func clamp(_ step: Double) -> Double {
    let step = step < least ? least : step
    return step > most ? most : step
  }
}

/// What becomes of a step.
struct Verdict {
  var isAccepted: Bool
  /// The error that the next step follows from, in units of the tolerance.
  var ratio: Double
  /// Whether the step was rejected for numbers that are not finite.
  var isNotFinite = false
  /// Whether shorter steps are not allowed and would be needed.
  var isHopeless = false
}

extension SolveRules {
  /// Numbers that are not finite reject a step; otherwise the shortest step is always accepted.
  func judge(_ error: StepError, length: Double, bounds: StepBounds) -> Verdict {
    let isShortest = length <= bounds.least
    guard error.isFinite, !error.ratio.isNaN else {
      return Verdict(
        isAccepted: false, ratio: .infinity, isNotFinite: true, isHopeless: isShortest)
    }
    return Verdict(
      isAccepted: error.ratio <= 1 || isShortest, ratio: error.ratio,
      isNotFinite: error.ratio == .infinity && !isShortest)
  }
}
