/// A solve whose steps are chosen by error, for the whole state or for each sequence of a batch.
struct AdaptiveSolve<State: ODEState> {
  let plan: SolvePlan<State>
  let order: Int
  var machine: StepMachine<State>
  var stepper: any Stepper<State>
  var lanes: [Lane]
  var finished: [Lane] = []
  var meter: NormMeter<State>
  var outputs: OutputCollector<State>
  let recorder: StepRecorder<State>?
  var watch: EventWatch<State>?
  var event: EventRecord<State>?
  var dense: DenseSolution<State>?
  var lastState: State
  /// How sequences are taken out; nil where the state is stepped as a whole.
  let sequencing: Sequencing<State>?

  init(
    plan: SolvePlan<State>, from state: State, runner: any FieldRunner<State>,
    sequencing: Sequencing<State>?, recorder: StepRecorder<State>?
  ) {
    self.plan = plan
    order = plan.solver.errorExponent ?? plan.solver.order
    self.sequencing = sequencing
    self.recorder = recorder
    let count = sequencing == nil ? 1 : state.partCount
    machine = StepMachine(
      from: state, at: plan.userTimes[0],
      sequences: sequencing == nil ? nil : Array(0..<count), direction: plan.direction,
      roundsTimes: plan.isCompatible, runner: runner)
    machine.isTracing = recorder?.keepsMachines ?? false
    stepper = plan.solver.makeStepper(for: plan.setting)
    lanes = (0..<count).map { Lane(sequence: $0, time: plan.times[0]) }
    meter = NormMeter(norm: plan.options.norm, tolerance: plan.options.tolerance)
    outputs =
      sequencing?.collector(plan.times.count, state) ?? OutputCollector(count: plan.times.count)
    lastState = state
    if !plan.options.events.isEmpty {
      watch = EventWatch(
        plan.options.events, at: plan.userTimes[0], state, isCompatible: plan.isCompatible)
    }
    if plan.options.keepsDenseOutput { dense = DenseSolution(direction: plan.direction) }
  }

  mutating func run() {
    if sequencing == nil { outputs.store(machine.points[0], at: 0, lane: 0, sequence: 0) }
    if plan.times.count == 1 && !plan.isCompatible {
      for index in lanes.indices { lanes[index].outcome = .finished }
      return retire()
    }
    if let watch, plan.isCompatible, watch.isZero(at: plan.userTimes[0], machine.points[0]) {
      return finish(event: 0, at: plan.userTimes[0], machine.points[0])
    }
    start()
    while true {
      for index in lanes.indices where lanes[index].outcome == nil {
        checkLane(index)
      }
      retire()
      if lanes.isEmpty { return }
      attempt()
    }
  }

  /// Evaluates the first slope and chooses the first steps.
  private mutating func start() {
    machine.reserve(points: 2, slopes: 2)
    machine.setAll(from: lanes, lengths: lanes.map { _ in 0 }, direction: plan.direction)
    evaluateStart()
    if let step = plan.options.firstStep {
      for index in lanes.indices { lanes[index].step = step }
    } else {
      chooseFirstSteps()
    }
    for index in lanes.indices {
      if !plan.isCompatible { lanes[index].step = min(lanes[index].step, plan.end - plan.times[0]) }
      lanes[index].statistics.firstStep = lanes[index].step
      lanes[index].nextStepTime =
        plan.stepTimes.firstIndex { $0 > plan.times[0] } ?? plan.stepTimes.count
      lanes[index].nextJumpTime =
        plan.jumpTimes.firstIndex { $0 > plan.times[0] } ?? plan.jumpTimes.count
    }
  }

  /// Evaluates the slope at the start of the next step.
  mutating func evaluateStart() {
    let traces = machine.isTracing
    machine.isTracing = false
    machine.evaluate(point: 0, node: 0, into: 0)
    machine.isTracing = traces
    machine.carriedCount = 1
    recorder?.noteStart()
    for index in lanes.indices { lanes[index].statistics.evaluations += 1 }
  }

  private mutating func chooseFirstSteps() {
    let y = machine.points[0]
    let sizes = norms(LinearSum(y), y)
    let slopes = norms(LinearSum(machine.slopes[0]), y)
    let choices = zip(sizes, slopes).map {
      InitialStep<State.Scalar>(state: $0.norm, slope: $1.norm)
    }
    machine.setAll(
      from: lanes, lengths: choices.map { Double($0.probe) }, direction: plan.direction)
    if plan.isCompatible {
      for (lane, choice) in choices.enumerated() {
        let start = State.Scalar(machine.starts[lane])
        machine.ends[lane] = Double(start + State.Scalar(plan.direction) * choice.probe)
      }
    }
    let traces = machine.isTracing
    machine.isTracing = false
    machine.combine(into: 1, SlopeSum([1]), isStage: true)
    machine.evaluate(point: 1, node: 1, into: 1)
    machine.isTracing = traces
    recorder?.dropProbe()
    for index in lanes.indices { lanes[index].statistics.evaluations += 1 }
    let difference = LinearSum(terms: machine.slopes, picks: [0, 1], weights: [-1, 1])
    for (index, change) in norms(difference, y).enumerated() {
      lanes[index].step = choices[index].step(change: change.norm, order: order)
    }
  }

  /// The norm for each lane, with tolerances by the state `y` alone.
  private mutating func norms(_ sum: LinearSum<State>, _ y: State) -> [(
    norm: Double, isFinite: Bool
  )] {
    sequencing == nil
      ? [meter.whole(sum, first: y, second: y)] : meter.byPart(sum, first: y, second: y)
  }

  /// Finishes the lane or prepares its next attempt.
  private mutating func checkLane(_ index: Int) {
    if lanes[index].nextOutput >= plan.times.count && watch == nil
      || !plan.isCompatible && lanes[index].time >= plan.end
    {
      lanes[index].outcome = lanes[index].limit ?? .finished
      return
    }
    lanes[index].prepare(
      plan, callsPerStep: stepper.evaluationsPerStep + stepper.evaluationsPerOutput)
    guard plan.isCompatible, lanes[index].outcome == nil else { return }
    let state = sequencing.map { $0.select(machine.points[0], [index]) } ?? machine.points[0]
    if !state.isFinite { lanes[index].outcome = .notFinite }
  }
}

extension StepMachine {
  /// Sets the step of every lane, given in ascending time.
  mutating func setAll(from lanes: [Lane], lengths: [Double], direction: Double) {
    for (index, lane) in lanes.enumerated() {
      let start = direction * lane.time
      setStep(
        lane: index, from: start, to: start + direction * lengths[index],
        length: direction * lengths[index])
    }
  }
}

/// How the sequences of a batch are taken out and put back, for code that does not know the batch's type.
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
