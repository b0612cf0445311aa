extension SolveReversal {
  /// The records of a segment with their states, of which the first only was kept.
  mutating func restored(_ range: Range<Int>) -> [StepRecord<State>] {
    var segment = Array(records[range])
    guard segment.count > 1 else { return segment }
    machine.isTracing = false
    segment[0].restore(&machine)
    for index in segment.indices.dropLast() {
      var (result, _) = compute(segment[index])
      var stepper = segment[index].stepper
      stepper.accepted(machine, &result)
      machine.advance(result)
      let next = segment[index + 1]
      next.restoreTimes(&machine)
      if next.isFresh[0] && next.hasStartSlope {
        machine.startsJustAfter = next.isAfterJump
        machine.evaluate(point: 0, node: 0, into: 0)
        machine.carriedCount = 1
        machine.startsJustAfter = next.startsJustAfter
      }
      segment[index + 1].state = machine.points[0]
      segment[index + 1].carried = Array(machine.slopes.prefix(machine.carriedCount))
    }
    machine.isTracing = true
    return segment
  }

  /// Computes a step again, with its dense output.
  mutating func compute(
    _ record: StepRecord<State>
  ) -> (StepResult, [DensePolynomial]) {
    machine.beginStep()
    var stepper = record.stepper
    var result = stepper.step(&machine)
    // Each dense output that was asked for, as some of them evaluate further slopes.
    let curves = record.curves.map { _ in
      stepper.denseOutput(
        &machine, &result, interpolation: record.interpolation, rules: plan.rules)
    }
    return (result, curves)
  }

  /// Sets the machine up to compute a step again.
  mutating func prepare(_ record: StepRecord<State>) {
    reversal.runner.forget(from: 0)
    if sequencing != nil {
      machine.points = record.state.map { [$0] } ?? machine.points
      machine.slopes = []
    }
    record.restore(&machine)
    machine.firstEvaluation = 0
  }
}

extension StepMachine {
  /// Takes over a step that was kept whole.
  mutating func adopt(_ kept: StepMachine<State>) {
    let (evaluations, fault) = (self.evaluations, self.fault)
    self = kept
    (self.evaluations, self.fault) = (evaluations, fault)
  }
}
