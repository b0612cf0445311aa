extension SolveConventions {
  /// The very steps that torchdiffeq takes, its faults included.
  ///
  /// Such a solve steps beyond the end and interpolates back, begins some methods' steps with a
  /// stale slope, counts steps between output times, computes times in the precision of the state,
  /// and adds up stages in a fixed order, which is slow. It serves comparison only.
  public static let torchdiffeq = SolveConventions(TorchdiffeqRules())
}

/// What torchdiffeq does differently; its steppers, steps and outputs have files of their own.
struct TorchdiffeqRules: SolveRules {
  /// Times are numbers of the state's type.
  var roundsTimes: Bool { true }

  /// A stage at the end of a step is evaluated at the number before it.
  var staysInside: Bool { true }

  /// The slope at the start and a probe are evaluated before anybody asks where the end is.
  var evaluatesSingleTime: Bool { true }

  /// The adjoint equation always has a component for time.
  var alwaysCarriesTime: Bool { true }

  /// Keeps the gradient of an event finite where the event function hardly changes.
  var eventRateShift: Double { 1e-12 }

  func probeEnd<Scalar: ODEScalar>(from start: Double, by step: Scalar) -> Double {
    Double(Scalar(start) + step)
  }
}
