extension SolveReversal {
  /// Leaves the gradients at the start of the step for the step before.
  mutating func hand(back record: StepRecord<State>) {
    var start = reversal.points[0] ?? machine.points[0].zeros()
    var slopes = (0..<machine.carriedCount).map { reversal.slopes[$0] }
    if record.hasStartSlope, record.isFresh.contains(true), let slope = slopes.first ?? nil {
      slopes[0] = pullFresh(slope, record, into: &start)
    }
    guard let sequencing, record.sequences.count < state.partCount else {
      state = start
      carried = slopes
      return
    }
    let own = Array(record.sequences.indices)
    sequencing.replace(&state, record.sequences, start, own)
    var whole = (carried.first ?? nil) ?? state.zeros()
    let slope = (slopes.first ?? nil) ?? start.zeros()
    sequencing.replace(&whole, record.sequences, slope, own)
    carried = [whole]
  }

  /// Takes the gradient of fresh slopes to the start.
  ///
  /// - Returns: the gradient of the slopes that are not fresh; nil when there are none.
  private mutating func pullFresh(
    _ slope: State, _ record: StepRecord<State>, into start: inout State
  ) -> State? {
    let fresh = record.isFresh.indices.filter { record.isFresh[$0] }
    machine.startsJustAfter = record.isAfterJump
    let values = record.isFresh.indices.map { machine.stageTime(lane: $0, node: 0) }
    machine.startsJustAfter = record.startsJustAfter
    guard let sequencing, fresh.count < record.isFresh.count else {
      let time =
        record.sequences.isEmpty
        ? FieldTime(values[0]) : FieldTime(values: values, sequences: record.sequences)
      reversal.pullStart(
        slope, at: time, machine.points[0], evaluation: record.startEvaluation, into: &start)
      return nil
    }
    let time = FieldTime(
      values: fresh.map { values[$0] }, sequences: fresh.map { record.sequences[$0] })
    var part = sequencing.select(start, fresh)
    reversal.pullStart(
      sequencing.select(slope, fresh), at: time, sequencing.select(machine.points[0], fresh),
      evaluation: nil, into: &part)
    let own = Array(fresh.indices)
    sequencing.replace(&start, fresh, part, own)
    var rest = slope
    sequencing.replace(&rest, fresh, part.zeros(), own)
    return rest
  }
}
