/// The workspace in which a step is computed: points, which are states, and slopes, which are
/// derivatives.
///
/// A step is a straight sequence of two operations: put a point together from slopes, and evaluate
/// the field at a point. Each operation writes a place that no other of the same step writes, so
/// the values of a step stay until the next one begins, and the sequence can be gone through
/// backwards. That is all a gradient needs: whoever writes a new solver writes no derivative of it.
/// (A point that serves only to evaluate the field at may give its memory to the next such point,
/// unless the step is recorded.)
///
/// Point 0 is the state at the start of the step.
public struct StepMachine<State: ODEState> {
  /// The points; `points[0]` is where the step starts.
  public internal(set) var points: [State]
  /// The slopes.
  public internal(set) var slopes: [State]
  /// Whether `slopes[0]` already holds the slope at the start of the step.
  public internal(set) var hasStartSlope = false
  /// How many of the first slopes come from earlier steps.
  public internal(set) var carriedCount = 0

  /// The time at the start of the step, for each sequence with steps of its own.
  public internal(set) var starts: [Double]
  /// The time at the end of the step.
  public internal(set) var ends: [Double]
  /// The signed length of the step.
  public internal(set) var steps: [Double]
  /// Whether the end of the step is approached from within, as at a jump of the field.
  var endsJustBefore: [Bool]
  /// Whether a step begins just after its start, as after a jump.
  var startsJustAfter = false
  /// 1 forwards in time, -1 backwards.
  let direction: Double
  /// Whether times are computed in the precision of the state.
  let roundsTimes: Bool
  /// Evaluations of the field so far.
  var evaluations = 0
  /// The number, among recorded evaluations, of the first of this step.
  var firstEvaluation = 0
  /// The extremes of the times at which the field was evaluated.
  var timeRange: ClosedRange<Double>?
  /// What is wrong with the field, once it has given a derivative that does not fit its state.
  var fault: ODEError?

  /// The first slope that this step has not written yet.
  public internal(set) var freeSlope = 0

  var trace = StepTrace()
  var isTracing = false
  /// The last point that served only to evaluate the field at.
  private var spare: Int?
  var runner: any FieldRunner<State>
  var time: FieldTime

  init(
    from state: State, at start: Double, sequences: [Int]? = nil, direction: Double,
    roundsTimes: Bool, runner: any FieldRunner<State>
  ) {
    points = [state]
    slopes = []
    let lanes = sequences?.count ?? 1
    starts = Array(repeating: start, count: lanes)
    ends = starts
    steps = Array(repeating: 0, count: lanes)
    endsJustBefore = Array(repeating: false, count: lanes)
    time =
      sequences.map { FieldTime(values: Array(repeating: start, count: $0.count), sequences: $0) }
      ?? FieldTime(start)
    self.direction = direction
    self.roundsTimes = roundsTimes
    self.runner = runner
  }

  /// The number of sequences with steps of their own; 1 where the state is stepped as a whole.
  var laneCount: Int { starts.count }

  /// Makes room for more points and slopes; their contents are unspecified until they are written.
  public mutating func reserve(points pointCount: Int, slopes slopeCount: Int) {
    // States are values: copies of the start take no memory of their own.
    while points.count < pointCount { points.append(points[0]) }
    while slopes.count < slopeCount { slopes.append(points[0]) }
  }

  /// Begins a step: only what earlier steps left counts.
  mutating func beginStep() {
    freeSlope = hasStartSlope ? max(carriedCount, 1) : carriedCount
    if isTracing { trace.clear() }
  }

  /// Evaluates the field at a point.
  ///
  /// - Parameters:
  ///   - point: the place of the state.
  ///   - node: the time as a fraction of the step, 0 at its start and 1 at its end.
  ///   - slope: the place that receives the derivative.
  public mutating func evaluate(point: Int, node: Double, into slope: Int) {
    for lane in starts.indices { time.values[lane] = stageTime(lane: lane, node: node) }
    // A time that is not a number is outside of every range.
    for value in time.values where !value.isNaN {
      timeRange =
        timeRange.map { min($0.lowerBound, value)...max($0.upperBound, value) }
        ?? value...value
    }
    evaluations += 1
    freeSlope = max(freeSlope, slope + 1)
    if isTracing { trace.append(.evaluation(point: point, node: node, slope: slope)) }
    runner.evaluate(at: time, points[point], into: &slopes[slope])
    if !slopes[slope].hasShape(of: points[point]) {
      // Nothing must read beyond its end before the solve stops.
      fault = fault ?? .misfit("the field's derivative", slopes[slope], points[point])
      slopes[slope] = points[point].zeros()
    }
    if slope == 0 && point == 0 { hasStartSlope = true }
  }

  /// Puts a point together: the start of the step, plus the step times a sum of slopes.
  ///
  /// - Parameters:
  ///   - point: the place that receives the state.
  ///   - sum: the slopes and their weights.
  ///   - addsStart: whether the state at the start is added.
  ///   - isStage: whether the point serves only to evaluate the field at.
  public mutating func combine(
    into point: Int, _ sum: SlopeSum, addsStart: Bool = true, isStage: Bool = false
  ) {
    if isTracing {
      trace.append(.combination(point: point, sum: sum, addsStart: addsStart))
    } else if isStage {
      if let spare, spare != point, spare < points.count { points.swapAt(spare, point) }
      spare = point
    }
    points[point].assign(
      LinearSum(
        base: addsStart ? points[0] : nil, terms: slopes, picks: sum.picks, weights: sum.weights,
        scale: steps, runs: sum.runs, purpose: isStage ? .stage : .point))
  }

  /// Norms of a sum of slopes, times the step, as a step error.
  func error(_ sum: SlopeSum) -> LinearSum<State> {
    LinearSum(
      terms: slopes, picks: sum.picks, weights: sum.weights, scale: steps, runs: sum.runs)
  }

  /// Sets up the next attempt of one lane.
  mutating func setStep(lane: Int = 0, from start: Double, to end: Double, length: Double) {
    starts[lane] = start
    ends[lane] = end
    steps[lane] = length
  }

  /// The user's time at which a stage of one lane is evaluated.
  func stageTime(lane: Int, node: Double) -> Double {
    guard roundsTimes || endsJustBefore[lane] || startsJustAfter else {
      return node == 1 ? ends[lane] : starts[lane] + node * steps[lane]
    }
    typealias Scalar = State.Scalar
    var t =
      node == 1
      ? Scalar(ends[lane]) : Scalar(starts[lane]) + Scalar(node) * Scalar(steps[lane])
    if node == 1 && endsJustBefore[lane] { t = direction > 0 ? t.nextDown : t.nextUp }
    if node == 0 && startsJustAfter { t = direction > 0 ? t.nextUp : t.nextDown }
    return Double(t)
  }

  /// Makes the end of the step the start of the next: the end point becomes point 0, the carried
  /// slopes become the first slopes.
  mutating func advance(_ result: StepResult) {
    points.swapAt(0, result.end)
    if result.carried.count == 1 {
      slopes.swapAt(0, result.carried[0])
    } else if result.carried.count > 1 {
      let rest = slopes.indices.filter { !result.carried.contains($0) }
      let old = slopes
      slopes = (result.carried + rest).map { old[$0] }
    }
    hasStartSlope = result.carriesStartSlope
    carriedCount = result.carried.count
  }
}
