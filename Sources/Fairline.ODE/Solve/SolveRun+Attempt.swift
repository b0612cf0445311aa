extension SolveRun {
  /// Tries one step of every lane, and goes on from those that are accepted.
  mutating func attempt() {
    let isInside = onGrid ? plan.options.evaluatesInside : plan.rules.staysInside
    for (index, lane) in lanes.enumerated() {
      machine.setStep(
        lane: index, from: plan.direction * lane.time, to: plan.direction * lane.aim.end,
        length: plan.direction * lane.aim.length)
      machine.endsJustBefore[index] = isInside || lane.aim.isJumpTime
    }
    let observer = plan.options.observer
    if let onStep = observer.onStep { onStep(observed) }
    recorder?.beginStep(
      machine, lanes: lanes, stepper: stepper, interpolation: interpolation)
    let before = machine.evaluations
    machine.beginStep()
    var result = stepper.step(&machine)
    countCalls(since: before)
    if machine.fault != nil { return }
    judge(result)
    if lanes.contains(where: \.isAccepted) {
      accept(&result)
    } else {
      recorder?.dropStep(&machine)
    }
    if lanes.contains(where: { !$0.isAccepted }), let onReject = observer.onReject {
      onReject(observed)
    }
  }

  private var observed: SolveObserver<State>.Step {
    SolveObserver.Step(times: machine.starts, lengths: machine.steps, state: machine.points[0])
  }

  mutating func countCalls(since before: Int) {
    let calls = machine.evaluations - before
    for index in lanes.indices { lanes[index].statistics.evaluations += calls }
  }

  /// Accepts or rejects the step of every lane, and counts it.
  private mutating func judge(_ result: StepResult) {
    if onGrid {
      judge(
        0, StepError(ratio: 0, isFinite: machine.points[result.end].isFinite), factor: nil, result)
      return
    }
    let (first, second) = (machine.points[0], machine.points[result.end])
    let error = machine.error(result.error ?? SlopeSum([]))
    guard sequencing != nil else {
      let size = meter.whole(error, first: first, second: second)
      let factor = methodFactor(size.ratio, first, second)
      return judge(0, size, factor: factor, result)
    }
    for (index, size) in meter.byPart(error, first: first, second: second).enumerated() {
      judge(index, size, factor: nil, result)
    }
  }

  private mutating func judge(
    _ index: Int, _ error: StepError, factor: Double?, _ result: StepResult
  ) {
    if onGrid || lanes[index].coasting > 0 {
      // An error too large for its tolerance says nothing about the state.
      let isFinite = error.isFinite || !onGrid && isFinite(index, machine.points[result.end])
      lanes[index].decide(isFinite: isFinite, plan)
    } else {
      lanes[index].decide(error, factor: factor, order: order, plan)
    }
    lanes[index].stepsSinceOutput += 1
    lanes[index].statistics.count(
      time: plan.direction * lanes[index].time, length: lanes[index].aim.length,
      error: error.ratio, wasAccepted: lanes[index].isAccepted,
      keepsStep: plan.options.keepsSteps)
    if result.failedToConverge { lanes[index].statistics.unconverged += 1 }
  }

  /// Whether the state of a lane is finite.
  private func isFinite(_ index: Int, _ state: State) -> Bool {
    (sequencing.map { $0.select(state, [index]) } ?? state).isFinite
  }

  /// The factor to the next step where the method chooses it itself.
  private mutating func methodFactor(_ ratio: Double, _ first: State, _ second: State) -> Double? {
    let machine = self.machine
    var meter = self.meter
    return stepper.stepFactor(ratio: ratio, wasAccepted: ratio <= 1) { sum in
      meter.whole(machine.error(sum), first: first, second: second).ratio
    }
  }

  /// Reports and takes the accepted steps.
  private mutating func accept(_ result: inout StepResult) {
    let decision = plan.options.observer.onAccept.map { $0(observed) } ?? .proceed
    stepper.accepted(machine, &result)
    if report(&result) { return }
    let accepted = lanes.indices.filter { lanes[$0].isAccepted }
    recorder?.keepStep(machine, lanes: lanes, accepted: accepted, result: result, sequencing)
    for index in accepted { lanes[index].passEnd() }
    advance(accepted, result)
    if accepted.contains(where: { lanes[$0].aim.isJumpTime }) {
      crossJump(accepted.filter { lanes[$0].aim.isJumpTime })
    }
    if decision == .stop {
      for index in lanes.indices { lanes[index].outcome = .stopped }
    }
  }

  /// Moves the accepted lanes to the end of their step.
  private mutating func advance(_ accepted: [Int], _ result: StepResult) {
    guard let sequencing, accepted.count < lanes.count else { return machine.advance(result) }
    sequencing.replace(&machine.points[0], accepted, machine.points[result.end], accepted)
    if result.carriesStartSlope {
      sequencing.replace(&machine.slopes[0], accepted, machine.slopes[result.carried[0]], accepted)
    } else {
      machine.hasStartSlope = false
    }
  }

  /// Evaluates the field on the other side of a jump.
  private mutating func crossJump(_ jumped: [Int]) {
    let old = machine.slopes[0]
    machine.setAll(from: lanes, lengths: lanes.map { _ in 0 }, direction: plan.direction)
    machine.startsJustAfter = true
    let before = lanes.map(\.statistics.evaluations)
    evaluateStart()
    machine.startsJustAfter = false
    stepper.restart()
    for index in jumped { lanes[index].isFresh = true }
    guard let sequencing, jumped.count < lanes.count else { return }
    let others = lanes.indices.filter { !jumped.contains($0) }
    for index in others { lanes[index].statistics.evaluations = before[index] }
    sequencing.replace(&machine.slopes[0], others, old, others)
  }
}
