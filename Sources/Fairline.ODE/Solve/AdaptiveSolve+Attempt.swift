extension AdaptiveSolve {
  /// Tries one step of every lane.
  mutating func attempt() {
    for (index, lane) in lanes.enumerated() {
      machine.setStep(
        lane: index, from: plan.direction * lane.time, to: plan.direction * lane.end,
        length: plan.direction * lane.length)
      machine.endsJustBefore[index] = plan.isCompatible || lane.isOnJumpTime
    }
    let observer = plan.options.observer
    if let onStep = observer.onStep { onStep(observed) }
    recorder?.beginStep(machine, lanes: lanes, stepper: stepper)
    let before = machine.evaluations
    machine.beginStep()
    var result = stepper.step(&machine)
    countCalls(since: before)
    let isAccepted = judge(result)
    if isAccepted.contains(true) {
      accept(isAccepted, &result)
    } else {
      recorder?.dropStep(&machine)
    }
    if isAccepted.contains(false), let onReject = observer.onReject { onReject(observed) }
  }

  var observed: SolveObserver<State>.Step {
    SolveObserver.Step(times: machine.starts, lengths: machine.steps, state: machine.points[0])
  }

  mutating func countCalls(since before: Int) {
    let calls = machine.evaluations - before
    for index in lanes.indices { lanes[index].statistics.evaluations += calls }
  }

  /// Measures the errors, accepts or rejects, and chooses the next steps.
  private mutating func judge(_ result: StepResult) -> [Bool] {
    let (first, second) = (machine.points[0], machine.points[result.end])
    let error = result.error ?? SlopeSum([])
    let sizes =
      sequencing == nil
      ? [meter.whole(machine.error(error), first: first, second: second)]
      : meter.byPart(machine.error(error), first: first, second: second)
    return lanes.indices.map { index in
      let size = sizes[index]
      let factor = methodFactor(size.norm, first, second)
      let isAccepted = lanes[index].decide(
        ratio: size.norm, isFinite: size.isFinite, factor: factor, plan, order: order)
      lanes[index].stepsSinceOutput += 1
      lanes[index].statistics.count(
        time: plan.direction * lanes[index].time, length: lanes[index].length, error: size.norm,
        wasAccepted: isAccepted, keepsStep: plan.options.keepsSteps)
      if result.failedToConverge { lanes[index].statistics.unconverged += 1 }
      return isAccepted
    }
  }

  /// The factor to the next step where the method chooses it itself.
  private mutating func methodFactor(_ ratio: Double, _ first: State, _ second: State) -> Double? {
    guard sequencing == nil else { return nil }
    let machine = self.machine
    var meter = self.meter
    return stepper.stepFactor(ratio: ratio, wasAccepted: ratio <= 1) { sum in
      meter.whole(machine.error(sum), first: first, second: second).norm
    }
  }

  /// Takes lanes that have ended out of the computation.
  mutating func retire() {
    guard lanes.contains(where: { $0.outcome != nil }) else { return }
    for (index, lane) in lanes.enumerated() where lane.outcome != nil {
      for output in lane.nextOutput..<max(plan.times.count, lane.nextOutput) {
        outputs.store(machine.points[0], at: output, lane: index, sequence: lane.sequence)
      }
      finished.append(lane)
    }
    lastState = machine.points[0]
    let keep = lanes.indices.filter { lanes[$0].outcome == nil }
    lanes = keep.map { lanes[$0] }
    if let sequencing, !keep.isEmpty { machine.select(keep, sequencing) }
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
