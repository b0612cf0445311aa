/// What is kept of an accepted step, so that it can be repeated exactly: not its stages, only where
/// it began and how it went.
struct StepRecord<State: ODEState> {
  /// An output of the solve that lies inside the step.
  struct Inside {
    let output: Int
    let lane: Int
    let fraction: Double
    let isEvent: Bool
  }

  /// An output of the solve that is the end of the step.
  struct AtEnd {
    let output: Int
    let lane: Int
  }

  /// The sequences that took the step; empty for a whole state.
  var sequences: [Int]
  var starts: [Double]
  var ends: [Double]
  var steps: [Double]
  var endsJustBefore: [Bool]
  var startsJustAfter: Bool
  /// What the times at start and end depend on, for each lane.
  var startSources: [TimeSource]
  var endSources: [TimeSource]
  /// Whether the slope at the start was evaluated there, for each lane, rather than taken from the
  /// step before.
  var isFresh: [Bool]
  /// Whether a fresh slope was evaluated just after the start, at a jump.
  var isAfterJump: Bool
  var hasStartSlope: Bool
  /// The number of the fresh slope's evaluation, where evaluations are kept.
  var startEvaluation: Int?
  var stepper: any Stepper<State>
  /// The state at the start; nil where it must be computed again from an earlier record.
  var state: State?
  /// The slopes that earlier steps left; nil with the state.
  var carried: [State]
  var inside: [Inside] = []
  var atEnd: [AtEnd] = []
  /// The dense outputs that were asked for, which may have evaluated further slopes.
  var curves: [DensePolynomial] = []
  /// What outputs inside a fixed step are.
  var interpolation = FixedInterpolation.own
  /// The step as it was computed, when nothing is to be computed again.
  var machine: StepMachine<State>?
  var result: StepResult?

  /// Sets a machine up to repeat the step.
  func restore(_ machine: inout StepMachine<State>) {
    if let state { machine.points[0] = state }
    if state != nil {
      machine.reserve(points: 1, slopes: carried.count)
      for (index, slope) in carried.enumerated() { machine.slopes[index] = slope }
    }
    machine.hasStartSlope = hasStartSlope
    machine.carriedCount = carried.count
    restoreTimes(&machine)
  }

  /// Sets times and lengths only.
  func restoreTimes(_ machine: inout StepMachine<State>) {
    machine.starts = starts
    machine.ends = ends
    machine.steps = steps
    machine.endsJustBefore = endsJustBefore
    machine.startsJustAfter = startsJustAfter
    machine.time =
      sequences.isEmpty
      ? FieldTime(starts[0]) : FieldTime(values: starts, sequences: sequences)
  }
}
