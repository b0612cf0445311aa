/// Computes steps of Adams methods that take the steps they are given.
///
/// The first slopes are those of the last steps, newest first; the slope at the start of the step
/// follows them.
struct FixedAdamsStepper<State: ODEState>: Stepper {
  /// How a predicted step is corrected.
  struct Corrector {
    let maxIterations: Int
    let tolerance: Tolerance<State>
  }

  /// Where the slopes of earlier steps are taken to lie.
  enum Nodes {
    /// Where they were evaluated.
    case exact
    /// One step of the present length apart, whatever the steps were.
    case assumedEqual
  }

  private let historyLimit: Int
  private let corrector: Corrector?
  /// The number of known slopes from which on steps are Adams steps.
  private let startCount: Int
  private let placement: Nodes
  private var starter: RungeKuttaRows
  /// The times of the known slopes, newest first.
  private var times: [Double] = []
  /// The nodes of the slopes that made the last step, when it was an Adams step.
  private var lastNodes: [Double] = []

  /// Makes a stepper.
  ///
  /// - Parameters:
  ///   - historyLimit: the most slopes used.
  ///   - corrector: how a predicted step is corrected; nil leaves it as it is.
  ///   - startsAt: the number of known slopes from which on steps are Adams steps; nil waits until
  ///     the first of them has order 4.
  ///   - nodes: where the slopes of earlier steps are taken to lie.
  init(
    historyLimit: Int, corrector: Corrector?, startsAt: Int? = nil, nodes: Nodes = .exact
  ) {
    self.historyLimit = max(historyLimit, 1)
    self.corrector = corrector
    startCount = startsAt ?? min(self.historyLimit, 4)
    placement = nodes
    starter = RungeKuttaRows(RungeKutta.rk4.tableau)
  }

  var evaluationsPerStep: Int { max(4, 1 + (corrector?.maxIterations ?? 0)) }

  var evaluationsPerOutput: Int { 1 }

  mutating func step(_ machine: inout StepMachine<State>) -> StepResult {
    let current = machine.carriedCount
    machine.reserve(points: 1, slopes: current + 1)
    machine.evaluate(point: 0, node: 0, into: current)
    times = [machine.starts[0]] + times.prefix(current)
    let known = [current] + Array(0..<current)
    let count = min(known.count, historyLimit)
    guard count >= startCount else {
      lastNodes = []
      var result = starter.step(&machine, startSlope: current)
      result.carried = Array(known.prefix(historyLimit))
      return result
    }
    return adamsStep(&machine, Array(known.prefix(count)))
  }

  private mutating func adamsStep(
    _ machine: inout StepMachine<State>, _ known: [Int]
  ) -> StepResult {
    let nodes = self.nodes(known.count, machine)
    lastNodes = nodes
    let predictor = SlopeSum(
      picks: known,
      weights: isUniform(nodes)
        ? AdamsWeights.bashforth(known.count) : AdamsWeights.weights(nodes: nodes),
      nodes: placement == .exact ? nodes : nil)
    machine.reserve(points: 2, slopes: known[0] + 1)
    machine.combine(into: 1, predictor)
    var result = StepResult(
      end: 1, solution: predictor, startSlope: known[0], carried: Array(known.prefix(historyLimit)))
    if let corrector { correct(&machine, &result, known, corrector) }
    return result
  }

  /// Replaces the predicted end by corrected ones until two agree.
  private mutating func correct(
    _ machine: inout StepMachine<State>, _ result: inout StepResult, _ known: [Int],
    _ corrector: Corrector
  ) {
    lastNodes = [1] + lastNodes
    let weights =
      isUniform(Array(lastNodes.dropFirst()))
      ? AdamsWeights.moulton(known.count + 1) : AdamsWeights.weights(nodes: lastNodes)
    var difference = machine.points[0].zeros()
    var before = difference
    before.assign(machine.error(result.solution))
    for iteration in 0..<corrector.maxIterations {
      let slope = known[0] + 1 + iteration
      machine.reserve(points: result.end + 2, slopes: slope + 1)
      machine.evaluate(point: result.end, node: 1, into: slope)
      result.solution = SlopeSum(
        picks: [slope] + known, weights: weights, nodes: placement == .exact ? lastNodes : nil)
      result.end += 1
      machine.combine(into: result.end, result.solution)
      difference.assign(machine.error(result.solution))
      if hasConverged(before, difference, corrector.tolerance) { return }
      swap(&before, &difference)
    }
    result.failedToConverge = true
    result.carried = Array(result.carried.prefix(known.count - 1))
  }

  /// Whether two increments agree in every element.
  private func hasConverged(_ x: State, _ y: State, _ tolerance: Tolerance<State>) -> Bool {
    var measures: [Measure] = []
    x.measure(
      LinearSum(terms: [x, y], picks: [0, 1], weights: [1, -1]), second: y, tolerance: tolerance,
      into: &measures)
    return Measure.together(measures).maximum < 1
  }

  /// The times of the known slopes as fractions of the step.
  private func nodes(_ count: Int, _ machine: StepMachine<State>) -> [Double] {
    times.prefix(count).map { ($0 - machine.starts[0]) / machine.steps[0] }
  }

  private func isUniform(_ nodes: [Double]) -> Bool {
    placement == .assumedEqual || nodes.enumerated().allSatisfy { abs($1 + Double($0)) < 1e-9 }
  }

  mutating func denseOutput(
    _ machine: inout StepMachine<State>, _ result: inout StepResult
  ) -> DensePolynomial {
    guard !lastNodes.isEmpty else {
      let slope = machine.freeSlope
      machine.reserve(points: 1, slopes: slope + 1)
      machine.evaluate(point: result.end, node: 1, into: slope)
      return .hermite(result, endSlope: slope)
    }
    return AdamsWeights.dense(picks: result.solution.picks, nodes: lastNodes)
  }

  mutating func restart() { times = [] }
}

/// Computes Runge-Kutta steps with the first slope and the stages at any places.
struct RungeKuttaRows {
  let tableau: ButcherTableau

  init(_ tableau: ButcherTableau) { self.tableau = tableau }

  /// Computes a step whose first slope is known, with the further slopes behind it.
  func step<State>(_ machine: inout StepMachine<State>, startSlope: Int) -> StepResult {
    let count = tableau.stageCount
    machine.reserve(points: count + 1, slopes: startSlope + count)
    let picks = (0..<count).map { startSlope + $0 }
    for stage in 1..<count {
      let row = tableau.rows[stage - 1]
      machine.combine(
        into: stage, SlopeSum(picks: Array(picks.prefix(row.count)), weights: row), isStage: true)
      machine.evaluate(point: stage, node: tableau.nodes[stage], into: picks[stage])
    }
    let solution = SlopeSum(picks: picks, weights: tableau.weights)
    machine.combine(into: count, solution)
    return StepResult(end: count, solution: solution, startSlope: startSlope)
  }
}
