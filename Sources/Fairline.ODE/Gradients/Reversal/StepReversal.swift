/// Goes backwards through the operations of one step.
///
/// Each point and slope is written once, so its gradient is a sum over its later uses: a fused
/// combination for slopes, which are used in sums, and a vector-Jacobian product for points, at
/// which the field was evaluated.
struct StepReversal<State: ODEState> {
  var points = CotangentBank<State>()
  var slopes = CotangentBank<State>()
  /// Gradients by the inputs of the field.
  var inputs: [State]
  let wantsInputs: Bool
  let wantsTimes: Bool
  let runner: any RecordingRunner<State>
  var pullbacks = 0
  /// What is wrong with a pullback, once one has given a gradient that does not fit.
  private(set) var fault: ODEError?
  private let inputCounts: [Int]

  // Gradients by the start and the length of the step, for each lane.
  private(set) var starts: [Double] = []
  private(set) var lengths: [Double] = []
  /// Gradients by the starts of earlier steps, the last one first, where the weights depend on
  /// them.
  private(set) var pastStarts: [Double] = []

  private var picks: [Int] = []
  private var weights: [Double] = []

  init(
    inputs: [State], wantsInputs: Bool, wantsTimes: Bool, runner: any RecordingRunner<State>
  ) {
    self.inputs = inputs
    inputCounts = inputs.map(\.count)
    self.wantsInputs = wantsInputs
    self.wantsTimes = wantsTimes
    self.runner = runner
  }

  /// Begins with all gradients zero.
  mutating func begin(_ machine: StepMachine<State>) {
    points.reset(count: machine.points.count, like: machine.points[0])
    slopes.reset(count: machine.slopes.count, like: machine.points[0])
    starts = Array(repeating: 0, count: machine.laneCount)
    lengths = starts
    pastStarts = []
  }

  /// Adds the gradient of a state inside the step.
  mutating func addInside(
    _ cotangent: State, _ sum: SlopeSum, _ machine: StepMachine<State>
  ) {
    points.add(cotangent, to: 0)
    for (pick, weight) in zip(sum.picks, sum.weights) where weight != 0 {
      slopes.add(cotangent, times: machine.steps.map { $0 * weight }, to: pick)
    }
    if wantsTimes && sum.nodes == nil { addLengths(cotangent, sum, machine) }
  }

  /// Adds gradients by start and length of the step directly.
  mutating func addTimes(lane: Int, start: Double, length: Double) {
    starts[lane] += start
    lengths[lane] += length
  }

  /// Goes from the end of the step to its start: afterwards `points` holds the gradient by the
  /// start, `slopes` those by the slopes that earlier steps left.
  mutating func run(_ machine: StepMachine<State>) {
    let operations = machine.trace.operations
    var evaluation =
      machine.firstEvaluation
      + operations.reduce(0) {
        if case .evaluation = $1 { $0 + 1 } else { $0 }
      }
    for place in operations.indices.reversed() {
      switch operations[place] {
      case .evaluation(let point, let node, let slope):
        evaluation -= 1
        gather(slope: slope, machine, after: place)
        guard let cotangent = slopes[slope] else { continue }
        pull(cotangent, at: point, node: node, evaluation: evaluation, machine)
      case .combination(let point, let sum, _):
        if wantsTimes, let cotangent = points[point] { addLengths(cotangent, sum, machine) }
      }
    }
    gatherStart(machine)
    for slope in 0..<machine.carriedCount { gather(slope: slope, machine, after: -1) }
  }

  /// Adds up the uses of a slope in the combinations after an operation.
  private mutating func gather(slope: Int, _ machine: StepMachine<State>, after place: Int) {
    picks.removeAll(keepingCapacity: true)
    weights.removeAll(keepingCapacity: true)
    let operations = machine.trace.operations
    for later in place + 1..<operations.count {
      guard case .combination(let point, let sum, _) = operations[later], points.has(point),
        let index = sum.picks.firstIndex(of: slope), sum.weights[index] != 0
      else { continue }
      picks.append(point)
      weights.append(sum.weights[index])
    }
    slopes.gather(
      points.values, picks: picks, weights: weights, scale: machine.steps, into: slope)
  }

  /// Adds up the combinations to which the start was added.
  private mutating func gatherStart(_ machine: StepMachine<State>) {
    picks.removeAll(keepingCapacity: true)
    for case .combination(let point, _, true) in machine.trace.operations where points.has(point) {
      picks.append(point)
    }
    let values = points.values
    points.gather(
      values, picks: picks, weights: Array(repeating: 1, count: picks.count), scale: [1], into: 0)
  }

  /// Takes a gradient back through an evaluation of the field.
  private mutating func pull(
    _ cotangent: State, at point: Int, node: Double, evaluation: Int,
    _ machine: StepMachine<State>
  ) {
    var gradient = openGradient(
      points.take(point), like: machine.points[0], lanes: machine.laneCount)
    runner.pullback(
      cotangent, evaluation: evaluation, machine.points[point], into: &gradient)
    if let state = checked(gradient.known, machine.points[point]) { points.set(point, state) }
    close(&gradient, node: node)
  }

  /// Takes the gradient of a slope that was evaluated apart from the step, at its start, back to
  /// the start.
  ///
  /// - Parameter evaluation: its number among the recorded ones; nil evaluates once more.
  mutating func pullStart(
    _ cotangent: State, at time: FieldTime, _ state: State, evaluation: Int?,
    into start: inout State
  ) {
    var gradient = openGradient(start, like: state, lanes: time.values.count)
    if let evaluation {
      runner.pullback(cotangent, evaluation: evaluation, state, into: &gradient)
    } else {
      runner.pullback(cotangent, at: time, state, into: &gradient)
    }
    start = checked(gradient.known, state) ?? state.zeros()
    close(&gradient, node: 0)
  }

  private mutating func openGradient(
    _ known: State?, like state: State, lanes: Int
  ) -> FieldGradient<State> {
    pullbacks += 1
    let gradient = FieldGradient(
      adding: known, like: state, inputs: inputs, times: Array(repeating: 0, count: lanes),
      wantsInputs: wantsInputs, wantsTimes: wantsTimes)
    inputs = []
    return gradient
  }

  /// A gradient that fits its state; nothing where it does not.
  private mutating func checked(_ gradient: State?, _ state: State) -> State? {
    guard let gradient, !gradient.hasShape(of: state) else { return gradient }
    fault = fault ?? .misfit("the pullback's gradient by the state", gradient, state)
    return nil
  }

  private mutating func close(_ gradient: inout FieldGradient<State>, node: Double) {
    swap(&inputs, &gradient.inputs)
    if wantsInputs, !inputs.lazy.map(\.count).elementsEqual(inputCounts) {
      fault =
        fault
        ?? .gradientUnavailable(reason: "a pullback changed the sizes of the inputs' gradients")
    }
    guard wantsTimes else { return }
    for lane in starts.indices where lane < gradient.times.count {
      starts[lane] += gradient.times[lane]
      lengths[lane] += node * gradient.times[lane]
    }
  }

  /// The gradient by the length of the step of a point that is the step times a sum of slopes.
  private mutating func addLengths(
    _ cotangent: State, _ sum: SlopeSum, _ machine: StepMachine<State>
  ) {
    if sum.nodes != nil {
      lengths[0] += addNodeTimes(cotangent, sum, upTo: 1, machine)
      return
    }
    var dots: [Double] = []
    for (pick, weight) in zip(sum.picks, sum.weights) where weight != 0 {
      dots.removeAll(keepingCapacity: true)
      cotangent.appendDots(with: machine.slopes[pick], to: &dots)
      if lengths.count == 1 {
        lengths[0] += weight * dots.reduce(0, +)
      } else {
        for lane in lengths.indices { lengths[lane] += weight * dots[lane] }
      }
    }
  }

  /// Adds gradients by the times of slopes whose polynomial was integrated.
  ///
  /// - Returns: the gradient by the time at which the integral ends.
  mutating func addNodeTimes(
    _ cotangent: State, _ sum: SlopeSum, upTo x: Double, _ machine: StepMachine<State>
  ) -> Double {
    guard let nodes = sum.nodes else { return 0 }
    let times = NodeTimes(
      nodes: nodes, weights: sum.weights, upTo: x,
      products: sum.picks.map { cotangent.dot(machine.slopes[$0]) })
    // The end of the step is its start plus its length.
    starts[0] += times.start + times.stepEnd + (x == 1 ? times.end : 0)
    lengths[0] += times.stepEnd
    while pastStarts.count < times.past.count { pastStarts.append(0) }
    for (index, part) in times.past.enumerated() { pastStarts[index] += part }
    return times.end
  }
}
