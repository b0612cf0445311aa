/// How the sequences of a batch are taken out and put back, for code that does not know the batch's
/// type.
struct Sequencing<State: ODEState> {
  let select: (State, [Int]) -> State
  let replace: (inout State, [Int], State, [Int]) -> Void
  let collector: (Int, State) -> OutputCollector<State>
}

extension Sequencing where State: SequenceState {
  static var standard: Sequencing {
    Sequencing(
      select: { $0.selecting($1) }, replace: { $0.replace($1, from: $2, $3) },
      collector: { OutputCollector(count: $0, batch: $1) })
  }
}

extension SolvePlan where State: SequenceState {
  /// How sequences are taken apart, when they are to have steps of their own.
  func sequencing() throws -> Sequencing<State>? {
    guard case .perSequence = mode else { return nil }
    guard solver is RungeKutta else {
      throw ODEError.notPerSequence(reason: "\(solver.name) is no Runge-Kutta method")
    }
    guard options.events.isEmpty && !options.keepsDenseOutput else {
      throw ODEError.notPerSequence(reason: "events and dense output are of whole states")
    }
    if case .state = options.norm.kind {
      throw ODEError.notPerSequence(reason: "a custom norm sees whole states")
    }
    return .standard
  }
}

extension StepMachine {
  /// Keeps some of the lanes.
  mutating func select(_ keep: [Int], _ sequencing: Sequencing<State>) {
    points = [sequencing.select(points[0], keep)]
    slopes = hasStartSlope ? [sequencing.select(slopes[0], keep)] : []
    carriedCount = min(carriedCount, slopes.count)
    starts = keep.map { starts[$0] }
    ends = keep.map { ends[$0] }
    steps = keep.map { steps[$0] }
    endsJustBefore = keep.map { endsJustBefore[$0] }
    time = FieldTime(
      values: keep.map { time.values[$0] }, sequences: keep.map { time.sequences[$0] })
  }
}
