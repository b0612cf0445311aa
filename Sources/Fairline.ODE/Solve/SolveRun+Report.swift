extension SolveRun {
  /// Stores the outputs inside the step and at its end, and looks for events.
  ///
  /// - Returns: whether an event ended the solve.
  mutating func report(_ result: inout StepResult) -> Bool {
    var curve: DensePolynomial?
    let crossings = watch?.crossings(at: machine.ends[0], machine.points[result.end]) ?? []
    if dense != nil || !crossings.isEmpty {
      let whole = denseOutput(&result)
      curve = whole
      dense?.append(machine, whole)
      if !crossings.isEmpty {
        stop(at: crossings, whole, result)
        return true
      }
    }
    for index in lanes.indices where lanes[index].isAccepted {
      while lanes[index].nextOutput < plan.times.count,
        plan.times[lanes[index].nextOutput] <= lanes[index].aim.end
      {
        reportOutput(lane: index, &curve, &result)
        lanes[index].nextOutput += 1
        lanes[index].stepsSinceOutput = 0
      }
    }
    return false
  }

  /// Stores the next output of a lane.
  private mutating func reportOutput(
    lane index: Int, _ curve: inout DensePolynomial?, _ result: inout StepResult
  ) {
    let lane = lanes[index]
    let output = lane.nextOutput
    let isEnd = plan.times[output] == lane.aim.end
    if isEnd && !plan.rules.interpolatesEnds(onGrid: onGrid, interpolation) {
      outputs.store(
        machine.points[result.end], at: output, lane: index, sequence: lane.sequence)
      recorder?.noteEnd(output: output, lane: index)
      return
    }
    if plan.rules.remakesCurves(onGrid: onGrid, interpolation) { curve = nil }
    let polynomial = curve ?? denseOutput(&result)
    curve = polynomial
    let x = fraction(of: plan.times[output], in: lane)
    outputs.store(
      polynomial.weights(at: x), of: machine, at: output, lane: index, sequence: lane.sequence)
    recorder?.noteInside(output: output, lane: index, fraction: x)
  }

  private func fraction(of time: Double, in lane: Lane) -> Double {
    (time - lane.time) / (lane.aim.end - lane.time)
  }

  private mutating func denseOutput(_ result: inout StepResult) -> DensePolynomial {
    let before = machine.evaluations
    let polynomial = stepper.denseOutput(
      &machine, &result, interpolation: interpolation, rules: plan.rules)
    countCalls(since: before)
    recorder?.noteDenseOutput(polynomial)
    return polynomial
  }

  /// Ends the solve at an event inside the step.
  private mutating func stop(
    at crossings: [EventWatch<State>.Candidate], _ polynomial: DensePolynomial, _ result: StepResult
  ) {
    guard let watch else { return }
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
  }

  /// Ends the solve with an event.
  mutating func finish(event index: Int, at time: Double, _ state: State) {
    event = EventRecord(index: index, time: time, state: state)
    lanes[0].time = plan.direction * time
    lanes[0].outcome = .event
    machine.points[0] = state
  }
}

extension StepMachine {
  /// The first of some events in the step just computed.
  fileprivate func locate(
    _ crossings: [EventWatch<State>.Candidate], _ watch: EventWatch<State>,
    _ polynomial: DensePolynomial, tolerance: Double
  ) -> EventWatch<State>.Place {
    watch.locate(
      crossings, length: abs(steps[0]), tolerance: tolerance,
      time: { starts[0] + $0 * steps[0] },
      state: { inside(polynomial.weights(at: $0)) })
  }
}

extension Stepper {
  /// Dense output of the step just computed, as it is wanted.
  mutating func denseOutput(
    _ machine: inout StepMachine<State>, _ result: inout StepResult,
    interpolation: FixedInterpolation, rules: any SolveRules
  ) -> DensePolynomial {
    switch interpolation {
    case .own: denseOutput(&machine, &result)
    case .linear: .linear(result)
    case .cubic: rules.cubic(&machine, &result)
    }
  }
}
