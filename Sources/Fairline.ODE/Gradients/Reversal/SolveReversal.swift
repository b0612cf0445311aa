/// Goes backwards through the accepted steps of a solve.
struct SolveReversal<Field: DifferentiableField> {
  typealias State = Field.State

  let solution: Solution<State>
  let plan: SolvePlan<State>
  let records: [StepRecord<State>]
  let sequencing: Sequencing<State>?
  let wantsTimes: Bool
  var machine: StepMachine<State>
  var reversal: StepReversal<State>
  /// The gradient by the state where the steps not yet gone through end.
  var state: State
  /// The gradients by the slopes handed over there; nil where nothing has reached them.
  var carried: [State?] = []
  var times: [Double]
  var cotangents: [State?] = []

  init(
    solution: Solution<State>, plan: SolvePlan<State>, records: [StepRecord<State>],
    replay: ReplayRunner<Field>, inputs: [State], wantsTimes: Bool, wantsInputs: Bool,
    sequencing: Sequencing<State>?
  ) {
    self.solution = solution
    self.plan = plan
    self.records = records
    self.sequencing = sequencing
    self.wantsTimes = wantsTimes
    let first = solution.states[0]
    machine = StepMachine(
      from: first, at: plan.userTimes[0],
      sequences: sequencing == nil ? nil : Array(0..<first.partCount), direction: plan.direction,
      roundsTimes: plan.rules.roundsTimes, runner: replay)
    machine.isTracing = true
    reversal = StepReversal(
      inputs: inputs.map { $0.zeros() }, wantsInputs: wantsInputs, wantsTimes: wantsTimes,
      runner: replay)
    state = first.zeros()
    times = Array(repeating: 0, count: plan.times.count)
  }

  /// Takes gradients of all outputs back to the start.
  ///
  /// - Throws: ``ODEError`` when the field or its pullback gives what does not fit the state.
  mutating func gradients(of cotangents: [State?]) throws -> SolveGradients<State> {
    self.cotangents = cotangents
    addUnreached()
    var last = records.count
    while last > 0, reversal.fault == nil, machine.fault == nil {
      var first = last - 1
      while first > 0 && records[first].state == nil { first -= 1 }
      let segment = restored(first..<last)
      for (index, record) in segment.enumerated().reversed() {
        reverse(record)
        if wantsTimes { addPastTimes(before: first + index) }
      }
      last = first
    }
    if let fault = machine.fault ?? reversal.fault { throw fault }
    if let start = cotangents[0] { state.add(start, times: [1]) }
    var statistics = BackwardStatistics()
    statistics.evaluations = machine.evaluations
    statistics.pullbacks = reversal.pullbacks
    statistics.accepted = records.count
    return SolveGradients(
      initialState: state, inputs: reversal.inputs, times: wantsTimes ? times : [],
      statistics: statistics)
  }

  /// Goes through one step backwards.
  private mutating func reverse(_ record: StepRecord<State>) {
    let result: StepResult
    var curves: [DensePolynomial] = []
    if sequencing != nil {
      // Another set of sequences has another shape.
      reversal.points.forget()
      reversal.slopes.forget()
    }
    if let kept = record.machine, let keptResult = record.result {
      machine.adopt(kept)
      result = keptResult
      curves = record.curves
    } else {
      prepare(record)
      (result, curves) = compute(record)
    }
    reversal.begin(machine)
    seed(record, result)
    seedInside(record, curves)
    reversal.run(machine)
    hand(back: record)
    if wantsTimes { addTimes(record) }
  }
}
