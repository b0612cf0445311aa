/// A solve under way: one path for all steps, whether a grid or errors choose where they end, and
/// for the whole state or each sequence of a batch.
struct SolveRun<State: ODEState> {
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
  /// Whether a grid chooses where steps end.
  let onGrid: Bool
  let interpolation: FixedInterpolation

  init(
    plan: SolvePlan<State>, from state: State, runner: any FieldRunner<State>,
    sequencing: Sequencing<State>?, recorder: StepRecorder<State>?
  ) {
    self.plan = plan
    order = plan.solver.errorExponent ?? plan.solver.order
    self.sequencing = sequencing
    self.recorder = recorder
    onGrid = plan.grid != nil
    interpolation = plan.interpolation
    let count = sequencing == nil ? 1 : state.partCount
    machine = StepMachine(
      from: state, at: plan.userTimes[0],
      sequences: sequencing == nil ? nil : Array(0..<count), direction: plan.direction,
      roundsTimes: plan.rules.roundsTimes, runner: runner)
    machine.isTracing = recorder?.keepsMachines ?? false
    machine.startsJustAfter = onGrid && plan.options.evaluatesInside
    stepper = plan.makeStepper()
    lanes = (0..<count).map { Lane(sequence: $0, time: plan.times[0]) }
    meter = NormMeter(norm: plan.options.norm, tolerance: plan.options.tolerance)
    outputs =
      sequencing?.collector(plan.times.count, state) ?? OutputCollector(count: plan.times.count)
    lastState = state
    if !plan.options.events.isEmpty {
      watch = EventWatch(plan.options.events, at: plan.userTimes[0], state, rules: plan.rules)
    }
    if plan.options.keepsDenseOutput {
      dense = DenseSolution(direction: plan.direction, start: state)
    }
  }

  /// Goes to the end, whatever that is.
  mutating func run() {
    if sequencing == nil { outputs.store(machine.points[0], at: 0, lane: 0, sequence: 0) }
    if !onGrid { startByError() }
    while machine.fault == nil {
      for index in lanes.indices where lanes[index].outcome == nil { checkLane(index) }
      retire()
      if lanes.isEmpty { return }
      attempt()
    }
  }

  /// Finishes the lane or prepares its next attempt.
  private mutating func checkLane(_ index: Int) {
    let lane = lanes[index]
    if !onGrid,
      plan.rules.isOver(
        at: lane.time, end: plan.end, outputsLeft: plan.times.count - lane.nextOutput,
        watchesEvents: watch != nil)
    {
      lanes[index].outcome = lane.reason ?? .finished
      return
    }
    lanes[index].prepare(
      plan, callsPerStep: stepper.evaluationsPerStep + stepper.evaluationsPerOutput)
    guard !onGrid, plan.rules.checksStarts, lanes[index].outcome == nil else { return }
    let state = sequencing.map { $0.select(machine.points[0], [index]) } ?? machine.points[0]
    if !state.isFinite { lanes[index].outcome = .notFinite }
  }

  /// Takes lanes that have ended out of the computation; outputs they did not reach hold their
  /// state.
  private mutating func retire() {
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
