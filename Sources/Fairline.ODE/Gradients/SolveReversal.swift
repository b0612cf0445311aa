/// Goes backwards through the accepted steps of a solve.
struct SolveReversal<Field: DifferentiableField> {
  typealias State = Field.State

  private let solution: Solution<State>
  private let plan: SolvePlan<State>
  private let records: [StepRecord<State>]
  private let sequencing: Sequencing<State>?
  private let wantsTimes: Bool
  private var machine: StepMachine<State>
  private var reversal: StepReversal<State>
  /// The gradient by the state where the steps not yet gone through end.
  private var state: State
  /// The gradients by the slopes handed over there; nil where nothing has reached them.
  private var carried: [State?] = []
  private var times: [Double]
  private var cotangents: [State?] = []

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
      roundsTimes: plan.isCompatible, runner: replay)
    machine.isTracing = true
    reversal = StepReversal(
      inputs: inputs.map { $0.zeros() }, wantsInputs: wantsInputs, wantsTimes: wantsTimes,
      runner: replay)
    state = first.zeros()
    times = Array(repeating: 0, count: plan.times.count)
  }

  /// Takes gradients of all outputs back to the start.
  mutating func gradients(of cotangents: [State?]) -> SolveGradients<State> {
    self.cotangents = cotangents
    addUnreached()
    var last = records.count
    while last > 0 {
      var first = last - 1
      while first > 0 && records[first].state == nil { first -= 1 }
      let segment = restored(first..<last)
      for (index, record) in segment.enumerated().reversed() {
        reverse(record)
        if wantsTimes { addPastTimes(before: first + index) }
      }
      last = first
    }
    if let start = cotangents[0] { state.add(start, times: [1]) }
    var statistics = BackwardStatistics()
    statistics.evaluations = machine.evaluations
    statistics.pullbacks = reversal.pullbacks
    statistics.steps = records.count
    return SolveGradients(
      initialState: state, inputs: reversal.inputs, times: wantsTimes ? times : [],
      statistics: statistics)
  }

  /// Outputs that no step reported hold the last state.
  private mutating func addUnreached() {
    let lanes = sequencing == nil ? 1 : state.partCount
    var reported = Array(repeating: Set([0]), count: lanes)
    for record in records {
      func sequence(_ lane: Int) -> Int { record.sequences.isEmpty ? 0 : record.sequences[lane] }
      for place in record.inside { reported[sequence(place.lane)].insert(place.output) }
      for place in record.atEnd { reported[sequence(place.lane)].insert(place.output) }
    }
    for (output, cotangent) in cotangents.enumerated() {
      guard let cotangent else { continue }
      guard let sequencing else {
        if !reported[0].contains(output) { state.add(cotangent, times: [1]) }
        continue
      }
      let missing = (0..<lanes).filter { !reported[$0].contains(output) }
      if missing.isEmpty { continue }
      var sum = sequencing.select(state, missing)
      sum.add(sequencing.select(cotangent, missing), times: [1])
      sequencing.replace(&state, missing, sum, Array(missing.indices))
    }
  }

  /// The records of a segment with their states, of which the first only was kept.
  private mutating func restored(_ range: Range<Int>) -> [StepRecord<State>] {
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
  private mutating func compute(
    _ record: StepRecord<State>
  ) -> (StepResult, [DensePolynomial]) {
    machine.beginStep()
    var stepper = record.stepper
    var result = stepper.step(&machine)
    // Torchdiffeq's cubic evaluates a slope for each output, all others once.
    let curves = record.curves.map { _ in
      stepper.denseOutput(
        &machine, &result, interpolation: record.interpolation, isCompatible: plan.isCompatible)
    }
    return (result, curves)
  }
}

extension SolveReversal {
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

  /// Sets the machine up to compute a step again.
  private mutating func prepare(_ record: StepRecord<State>) {
    reversal.runner.forget(from: 0)
    if sequencing != nil {
      machine.points = record.state.map { [$0] } ?? machine.points
      machine.slopes = []
    }
    record.restore(&machine)
    machine.firstEvaluation = 0
  }

  /// The gradients that later steps and outputs at the end leave at the end of this one.
  private mutating func seed(_ record: StepRecord<State>, _ result: StepResult) {
    let lanes = record.sequences
    reversal.points.add(lanes.isEmpty ? state : select(state, lanes), to: result.end)
    for place in record.atEnd {
      guard let cotangent = cotangents[place.output] else { continue }
      reversal.points.add(spread(cotangent, lane: place.lane, record), to: result.end)
    }
    for (index, slope) in result.carried.enumerated() where index < carried.count {
      guard let cotangent = carried[index] else { continue }
      reversal.slopes.add(lanes.isEmpty ? cotangent : select(cotangent, lanes), to: slope)
    }
  }

  private mutating func seedInside(_ record: StepRecord<State>, _ curves: [DensePolynomial]) {
    for (index, place) in record.inside.enumerated() {
      guard let cotangent = cotangents[place.output] else { continue }
      let curve = curves[min(index, curves.count - 1)]
      let own = spread(cotangent, lane: place.lane, record)
      let sum = curve.weights(at: place.fraction)
      reversal.addInside(own, sum, machine)
      guard wantsTimes && !place.isEvent else { continue }
      if sum.nodes != nil {
        times[place.output] += reversal.addNodeTimes(own, sum, upTo: place.fraction, machine)
        continue
      }
      // The state moves with the output time, and against start and length of the step.
      let slope = machine.dot(own, curve.derivativeWeights(at: place.fraction))
      times[place.output] += slope
      reversal.addTimes(lane: place.lane, start: -slope, length: -place.fraction * slope)
    }
  }

  /// Leaves the gradients at the start of the step for the step before.
  private mutating func hand(back record: StepRecord<State>) {
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

  /// Adds gradients by start and length of the step to those of the times they depend on.
  private mutating func addTimes(_ record: StepRecord<State>) {
    for lane in record.startSources.indices {
      var start = reversal.starts[lane]
      let length = reversal.lengths[lane]
      if record.endSources[lane] != .moving { start -= length }
      credit(start, to: record.startSources[lane])
      credit(length, to: record.endSources[lane])
    }
  }

  /// Adds gradients by the starts of the steps before to those of the times they depend on.
  private mutating func addPastTimes(before index: Int) {
    for (back, gradient) in reversal.pastStarts.enumerated() where index - back - 1 >= 0 {
      credit(gradient, to: records[index - back - 1].startSources[0])
    }
  }

  private mutating func credit(_ gradient: Double, to source: TimeSource) {
    switch source {
    case .output(let output): times[output] += gradient
    case .between(let fraction):
      times[0] += (1 - fraction) * gradient
      times[times.count - 1] += fraction * gradient
    case .moving, .constant: break
    }
  }

  private func select(_ state: State, _ lanes: [Int]) -> State {
    guard let sequencing, lanes.count < state.partCount else { return state }
    return sequencing.select(state, lanes)
  }

  /// The gradient of an output of one lane, zero for the lanes beside it.
  private func spread(_ cotangent: State, lane: Int, _ record: StepRecord<State>) -> State {
    guard let sequencing else { return cotangent }
    var result = machine.points[0].zeros()
    sequencing.replace(&result, [lane], cotangent, [record.sequences[lane]])
    return result
  }
}

extension StepMachine {
  /// Takes over a step that was kept whole.
  fileprivate mutating func adopt(_ kept: StepMachine<State>) {
    let evaluations = self.evaluations
    self = kept
    self.evaluations = evaluations
  }

  /// The inner product with a sum of slopes.
  fileprivate func dot(_ state: State, _ sum: SlopeSum) -> Double {
    zip(sum.picks, sum.weights).reduce(0) { $0 + $1.1 * state.dot(slopes[$1.0]) }
  }
}
