extension TorchdiffeqRules {
  /// Fixed steps have chords between their ends unless a cubic is asked for.
  func interpolation(_ wanted: FixedInterpolation) -> FixedInterpolation {
    wanted == .own ? .linear : wanted
  }

  /// Steps chosen by error are always interpolated, cubics of fixed steps too.
  func interpolatesEnds(onGrid: Bool, _ interpolation: FixedInterpolation) -> Bool {
    !onGrid || interpolation == .cubic
  }

  /// A cubic belongs to one output.
  func remakesCurves(onGrid: Bool, _ interpolation: FixedInterpolation) -> Bool {
    onGrid && interpolation == .cubic
  }

  /// The slope at the end is evaluated for each cubic and not kept.
  func cubic<State: ODEState>(
    _ machine: inout StepMachine<State>, _ result: inout StepResult
  ) -> DensePolynomial {
    let slope = machine.freeSlope
    machine.reserve(points: machine.points.count, slopes: slope + 1)
    machine.evaluate(point: result.end, node: 1, into: slope)
    return .hermite(result, endSlope: slope)
  }

  /// An event that is zero at the start has happened.
  var eventsEndAtStart: Bool { true }

  /// Any change of sign since the start is a crossing, to zero and from zero too.
  func crosses(_ crossing: EventCrossing, from before: Double, to now: Double) -> Bool {
    now != before
  }

  /// Signs are compared with those at the start of the solve.
  func sign(after before: Double, _ now: Double) -> Double { before }
}
