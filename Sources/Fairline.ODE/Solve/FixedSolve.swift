/// A solve over steps that are known beforehand.
struct FixedSolve<State: ODEState> {
  let plan: SolvePlan<State>
  let grid: [Double]
  let sources: [TimeSource]
  let interpolation: FixedInterpolation
  var machine: StepMachine<State>
  var stepper: any Stepper<State>
  var lane: Lane
  var outputs: OutputCollector<State>
  let recorder: StepRecorder<State>?
  var watch: EventWatch<State>?
  var event: EventRecord<State>?
  var dense: DenseSolution<State>?

  init(
    plan: SolvePlan<State>, grid: [Double], sources: [TimeSource], from state: State,
    runner: any FieldRunner<State>, recorder: StepRecorder<State>?
  ) {
    self.plan = plan
    self.grid = grid
    self.sources = sources
    self.recorder = recorder
    let wanted = plan.options.interpolation
    interpolation = plan.isCompatible && wanted == .own ? .linear : wanted
    machine = StepMachine(
      from: state, at: plan.userTimes[0], direction: plan.direction,
      roundsTimes: plan.isCompatible, runner: runner)
    machine.isTracing = recorder?.keepsMachines ?? false
    machine.startsJustAfter = plan.options.evaluatesInside
    machine.endsJustBefore = [plan.options.evaluatesInside]
    stepper = plan.solver.makeStepper(for: plan.setting)
    lane = Lane(sequence: 0, time: plan.times[0])
    outputs = OutputCollector(count: plan.times.count)
    if !plan.options.events.isEmpty {
      watch = EventWatch(
        plan.options.events, at: plan.userTimes[0], state, isCompatible: plan.isCompatible)
    }
    if plan.options.keepsDenseOutput { dense = DenseSolution(direction: plan.direction) }
  }

  mutating func run() {
    outputs.store(machine.points[0], at: 0, lane: 0, sequence: 0)
    var index = 1
    while lane.outcome == nil {
      guard let end = stepEnd(index) else {
        lane.outcome = .finished
        break
      }
      checkLimits()
      if lane.outcome == nil { step(to: end, source: sources[min(index, sources.count - 1)]) }
      index += 1
    }
    for output in lane.nextOutput..<max(plan.times.count, lane.nextOutput) {
      outputs.store(machine.points[0], at: output, lane: 0, sequence: 0)
    }
  }

  /// The end of step `index`; a solve without end goes on in steps of the first one's length.
  private func stepEnd(_ index: Int) -> Double? {
    if index < grid.count { return grid[index] }
    guard !plan.end.isFinite else { return nil }
    return lane.time + (grid[1] - grid[0])
  }

  private mutating func checkLimits() {
    let options = plan.options
    // torchdiffeq gives up looking for an event after this many steps.
    let limit = plan.isCompatible && watch != nil ? min(options.maxSteps, 20_000) : options.maxSteps
    if lane.statistics.accepted >= limit { lane.outcome = .stepLimit }
    let calls = stepper.evaluationsPerStep + stepper.evaluationsPerOutput
    if options.maxEvaluations != .max && machine.evaluations + calls > options.maxEvaluations {
      lane.outcome = .evaluationLimit
    }
  }

  private mutating func step(to end: Double, source: TimeSource) {
    lane.end = end
    lane.length = end - lane.time
    lane.endSource = source
    machine.setStep(
      from: plan.direction * lane.time, to: plan.direction * end,
      length: plan.direction * lane.length)
    let observed = SolveObserver<State>.Step(
      times: machine.starts, lengths: machine.steps, state: machine.points[0])
    plan.options.observer.onStep?(observed)
    recorder?.beginStep(machine, lanes: [lane], stepper: stepper, interpolation: interpolation)
    machine.beginStep()
    var result = stepper.step(&machine)
    if result.failedToConverge { lane.statistics.unconverged += 1 }
    if !plan.isCompatible && !machine.points[result.end].isFinite {
      recorder?.dropStep(&machine)
      lane.outcome = .notFinite
      return
    }
    lane.statistics.firstStep = lane.statistics.firstStep ?? lane.length
    lane.statistics.count(
      time: machine.starts[0], length: lane.length, error: 0, wasAccepted: true,
      keepsStep: plan.options.keepsSteps)
    stepper.accepted(machine, &result)
    if !report(&result) {
      recorder?.keepStep(machine, lanes: [lane], accepted: [0], result: result, nil)
      lane.passEnd(plan)
      machine.advance(result)
    }
    if plan.options.observer.onAccept?(observed) == .stop && lane.outcome == nil {
      lane.outcome = .stopped
    }
  }

  /// Stores the outputs of the step, and looks for events.
  ///
  /// - Returns: whether an event ended the solve.
  private mutating func report(_ result: inout StepResult) -> Bool {
    var polynomial: DensePolynomial?
    let crossings = watch?.crossings(at: machine.ends[0], machine.points[result.end]) ?? []
    if dense != nil || !crossings.isEmpty {
      polynomial = denseOutput(&result)
      if let polynomial { dense?.append(machine, polynomial) }
    }
    if !crossings.isEmpty, let watch, let curve = polynomial {
      stop(crossings, watch, curve, result)
      return true
    }
    while lane.nextOutput < plan.times.count, plan.times[lane.nextOutput] <= lane.end {
      let output = lane.nextOutput
      let time = plan.times[output]
      let evaluatesAnyway = plan.isCompatible && interpolation == .cubic
      if time == lane.end && !evaluatesAnyway {
        outputs.store(machine.points[result.end], at: output, lane: 0, sequence: 0)
        recorder?.noteEnd(output: output, lane: 0)
      } else {
        let curve = evaluatesAnyway ? denseOutput(&result) : polynomial ?? denseOutput(&result)
        polynomial = curve
        let x = (time - lane.time) / lane.length
        outputs.store(curve.weights(at: x), of: machine, at: output, lane: 0, sequence: 0)
        recorder?.noteInside(output: output, lane: 0, fraction: x)
      }
      lane.nextOutput += 1
    }
    return false
  }

  private mutating func denseOutput(_ result: inout StepResult) -> DensePolynomial {
    let curve = stepper.denseOutput(
      &machine, &result, interpolation: interpolation, isCompatible: plan.isCompatible)
    recorder?.noteDenseOutput(curve)
    return curve
  }

  private mutating func stop(
    _ crossings: [EventWatch<State>.Candidate], _ watch: EventWatch<State>,
    _ curve: DensePolynomial, _ result: StepResult
  ) {
    let place = machine.locate(
      crossings, watch, curve,
      tolerance: plan.options.eventTolerance ?? plan.options.tolerance.absolute)
    recorder?.noteInside(
      output: plan.times.count - 1, lane: 0, fraction: place.fraction, isEvent: true)
    recorder?.keepStep(machine, lanes: [lane], accepted: [0], result: result, nil)
    let time = machine.starts[0] + place.fraction * machine.steps[0]
    let state = machine.inside(curve.weights(at: place.fraction))
    while lane.nextOutput < plan.times.count - 1,
      plan.times[lane.nextOutput] <= plan.direction * time
    {
      let x = (plan.times[lane.nextOutput] - lane.time) / lane.length
      outputs.store(curve.weights(at: x), of: machine, at: lane.nextOutput, lane: 0, sequence: 0)
      lane.nextOutput += 1
    }
    event = EventRecord(index: place.index, time: time, state: state)
    lane.time = plan.direction * time
    lane.outcome = .event
    machine.points[0] = state
  }
}

extension Stepper {
  /// Dense output of a fixed step, as the options want it.
  mutating func denseOutput(
    _ machine: inout StepMachine<State>, _ result: inout StepResult,
    interpolation: FixedInterpolation, isCompatible: Bool
  ) -> DensePolynomial {
    switch interpolation {
    case .own: return denseOutput(&machine, &result)
    case .linear: return .linear(result)
    case .cubic where isCompatible:
      // torchdiffeq evaluates the slope at the end anew for each output and does not keep it.
      let slope = machine.freeSlope
      machine.reserve(points: machine.points.count, slopes: slope + 1)
      machine.evaluate(point: result.end, node: 1, into: slope)
      return .hermite(result, endSlope: slope)
    case .cubic:
      return .hermite(result, endSlope: machine.evaluateEndSlope(&result))
    }
  }
}
