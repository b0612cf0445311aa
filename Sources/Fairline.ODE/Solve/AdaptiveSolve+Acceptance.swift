extension AdaptiveSolve {
  /// Reports and takes the accepted steps.
  mutating func accept(_ isAccepted: [Bool], _ result: inout StepResult) {
    let observer = plan.options.observer
    let decision = observer.onAccept.map { $0(observed) } ?? .proceed
    let accepted = lanes.indices.filter { isAccepted[$0] }
    stepper.accepted(machine, &result)
    if report(accepted, &result) { return }
    recorder?.keepStep(machine, lanes: lanes, accepted: accepted, result: result, sequencing)
    for index in accepted { lanes[index].passEnd(plan) }
    advance(accepted, result)
    if accepted.contains(where: { lanes[$0].isOnJumpTime }) {
      crossJump(accepted.filter { lanes[$0].isOnJumpTime })
    }
    if decision == .stop {
      for index in lanes.indices { lanes[index].outcome = .stopped }
    }
  }

  /// Stores the outputs inside the step and at its end, and looks for events.
  ///
  /// - Returns: whether an event ended the solve.
  private mutating func report(_ accepted: [Int], _ result: inout StepResult) -> Bool {
    var polynomial: DensePolynomial?
    let crossings = watch?.crossings(at: machine.ends[0], machine.points[result.end]) ?? []
    if dense != nil || !crossings.isEmpty {
      polynomial = denseOutput(&result)
      if let polynomial { dense?.append(machine, polynomial) }
    }
    if !crossings.isEmpty, let polynomial { return stop(at: crossings, polynomial, result) }
    for index in accepted {
      while lanes[index].nextOutput < plan.times.count {
        let output = lanes[index].nextOutput
        let time = plan.times[output]
        guard time <= lanes[index].end else { break }
        if time == lanes[index].end && !plan.isCompatible {
          outputs.store(
            machine.points[result.end], at: output, lane: index, sequence: lanes[index].sequence)
          recorder?.noteEnd(output: output, lane: index)
        } else {
          let curve = polynomial ?? denseOutput(&result)
          polynomial = curve
          let x = fraction(of: time, in: lanes[index])
          outputs.store(
            curve.weights(at: x), of: machine, at: output, lane: index,
            sequence: lanes[index].sequence)
          recorder?.noteInside(output: output, lane: index, fraction: x)
        }
        lanes[index].nextOutput += 1
        lanes[index].stepsSinceOutput = 0
      }
    }
    return false
  }

  private func fraction(of time: Double, in lane: Lane) -> Double {
    (time - lane.time) / (lane.end - lane.time)
  }

  mutating func denseOutput(_ result: inout StepResult) -> DensePolynomial {
    let before = machine.evaluations
    let polynomial = stepper.denseOutput(&machine, &result)
    countCalls(since: before)
    recorder?.noteDenseOutput(polynomial)
    return polynomial
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

  /// Ends the solve at an event inside the step.
  private mutating func stop(
    at crossings: [EventWatch<State>.Candidate], _ polynomial: DensePolynomial, _ result: StepResult
  ) -> Bool {
    guard let watch else { return false }
    let place = machine.locate(
      crossings, watch, polynomial,
      tolerance: plan.options.eventTolerance ?? plan.options.tolerance.absolute)
    let time = machine.starts[0] + place.fraction * machine.steps[0]
    // Outputs before the event still belong to the solution.
    while lanes[0].nextOutput < plan.times.count - 1,
      plan.times[lanes[0].nextOutput] <= plan.direction * time
    {
      let output = lanes[0].nextOutput
      let inside = fraction(of: plan.times[output], in: lanes[0])
      outputs.store(polynomial.weights(at: inside), of: machine, at: output, lane: 0, sequence: 0)
      recorder?.noteInside(output: output, lane: 0, fraction: inside)
      lanes[0].nextOutput += 1
    }
    recorder?.noteInside(
      output: plan.times.count - 1, lane: 0, fraction: place.fraction, isEvent: true)
    recorder?.keepStep(machine, lanes: lanes, accepted: [0], result: result, sequencing)
    finish(
      event: place.index, at: time, machine.inside(polynomial.weights(at: place.fraction)))
    return true
  }

  /// Ends the solve with an event.
  mutating func finish(event index: Int, at time: Double, _ state: State) {
    event = EventRecord(index: index, time: time, state: state)
    lanes[0].time = plan.direction * time
    lanes[0].outcome = .event
    machine.points[0] = state
  }
}

extension Lane {
  /// Moves to the end of an accepted step.
  mutating func passEnd<State>(_ plan: SolvePlan<State>) {
    time = end
    isFresh = false
    if endSource != .moving { source = endSource }
    if coasting > 0 { coasting -= 1 }
    if isOnStepTime { nextStepTime += 1 }
    if isOnJumpTime { nextJumpTime += 1 }
  }
}

extension StepMachine {
  /// The first of some events in the step just computed.
  func locate(
    _ crossings: [EventWatch<State>.Candidate], _ watch: EventWatch<State>,
    _ polynomial: DensePolynomial, tolerance: Double
  ) -> EventWatch<State>.Place {
    watch.locate(
      crossings, length: abs(steps[0]), tolerance: tolerance,
      time: { starts[0] + $0 * steps[0] },
      state: { inside(polynomial.weights(at: $0)) })
  }
}

extension DenseSolution {
  /// Adds the step a machine has just computed.
  mutating func append(_ machine: StepMachine<State>, _ polynomial: DensePolynomial) {
    let places = polynomial.picks
    pieces.append(
      Piece(
        start: machine.starts[0], end: machine.ends[0], state: machine.points[0],
        slopes: places.map { machine.slopes[$0] },
        polynomial: DensePolynomial(
          picks: Array(places.indices), coefficients: polynomial.coefficients)))
  }
}
