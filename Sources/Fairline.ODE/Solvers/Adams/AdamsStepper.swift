/// Computes steps of the Adams method of variable order.
///
/// The first slopes are those at the start of the step and of the steps before, newest first;
/// behind them follow the slope at the predicted end and the slope at the corrected end.
struct AdamsStepper<State: ODEState>: Stepper {
  private let maxOrder: Int
  /// The order of the predictor.
  private var order = 1
  /// The order of the step just computed.
  private var stepOrder = 1
  /// The times of the known slopes, newest first; nodes as fractions of the step just computed.
  private var times: [Double] = []
  private var nodes: [Double] = []
  /// Steps accepted since the order changed or the method began anew.
  private var stepsAtOrder = 0
  private var isStarting = true

  init(maxOrder: Int) { self.maxOrder = maxOrder }

  var evaluationsPerStep: Int { 2 }

  mutating func step(_ machine: inout StepMachine<State>) -> StepResult {
    machine.reserve(points: 1, slopes: 1)
    if !machine.hasStartSlope { machine.evaluate(point: 0, node: 0, into: 0) }
    let known = max(machine.carriedCount, 1)
    if times.isEmpty || times[0] != machine.starts[0] { times.insert(machine.starts[0], at: 0) }
    times = Array(times.prefix(known))
    stepOrder = min(order, known)
    nodes = [1] + times.map { ($0 - machine.starts[0]) / machine.steps[0] }
    machine.reserve(points: 3, slopes: known + 2)
    let past = Array(nodes[1...stepOrder])
    let predictor = SlopeSum(
      picks: Array(past.indices), weights: AdamsWeights.weights(nodes: past), nodes: past)
    machine.combine(into: 1, predictor, isStage: true)
    machine.evaluate(point: 1, node: 1, into: known)
    let solution = corrector(stepOrder + 1, predicted: known)
    machine.combine(into: 2, solution)
    machine.evaluate(point: 2, node: 1, into: known + 1)
    return StepResult(
      end: 2, solution: solution, error: estimate(stepOrder, predicted: known),
      endSlope: known + 1, carried: [known + 1] + Array((0..<known).prefix(maxOrder)),
      carriesStartSlope: true)
  }

  /// The corrector through the slope at the predicted end and the last ones, `count` in all.
  private func corrector(_ count: Int, predicted: Int) -> SlopeSum {
    let own = Array(nodes.prefix(count))
    return SlopeSum(
      picks: [predicted] + Array(0..<count - 1), weights: AdamsWeights.weights(nodes: own),
      nodes: own)
  }

  /// The difference between the correctors of orders `order + 1` and `order`: the error of the
  /// latter.
  private func estimate(_ order: Int, predicted: Int) -> SlopeSum {
    var difference = corrector(order + 1, predicted: predicted)
    let lower = AdamsWeights.weights(nodes: Array(nodes.prefix(order)))
    for (index, weight) in lower.enumerated() { difference.weights[index] -= weight }
    return difference
  }

  mutating func denseOutput(
    _ machine: inout StepMachine<State>, _ result: inout StepResult
  ) -> DensePolynomial {
    AdamsWeights.dense(
      picks: result.solution.picks, nodes: Array(nodes.prefix(result.solution.picks.count)))
  }

  mutating func accepted(_ machine: StepMachine<State>, _ result: inout StepResult) {
    times = Array(([machine.ends[0]] + times).prefix(maxOrder + 1))
  }

  /// Chooses the order whose next step is longest, and that step.
  mutating func stepFactor(
    ratio: Double, wasAccepted: Bool, measure: (SlopeSum) -> Double
  ) -> Double? {
    let predicted = nodes.count - 1
    func factor(_ order: Int, _ ratio: Double) -> Double {
      ratio == 0 ? 10 : 0.9 / power(ratio, 1 / Double(order + 1))
    }
    var best = (order: stepOrder, factor: factor(stepOrder, ratio))
    if stepOrder > 1 {
      let lower = factor(stepOrder - 1, measure(estimate(stepOrder - 1, predicted: predicted)))
      if lower > best.factor || !ratio.isFinite { best = (stepOrder - 1, lower) }
    }
    guard wasAccepted else {
      (order, stepsAtOrder, isStarting) = (best.order, 0, false)
      return min(max(best.factor, 0.1), 0.9)
    }
    stepsAtOrder += 1
    // Another order is trusted only when the slopes behind it stem from steps at this one.
    let mayRise = isStarting || stepsAtOrder > stepOrder
    if best.order == stepOrder, stepOrder < maxOrder, mayRise, predicted >= stepOrder + 1 {
      let higher = factor(stepOrder + 1, measure(estimate(stepOrder + 1, predicted: predicted)))
      if higher > best.factor { best = (stepOrder + 1, higher) }
    } else if isStarting, predicted == stepOrder, stepOrder < maxOrder, best.order == stepOrder {
      // At the start there is one slope too few to judge the next order: try it.
      best.order = stepOrder + 1
    }
    if best.order != stepOrder { stepsAtOrder = 0 }
    if best.order < stepOrder { isStarting = false }
    order = best.order
    // Steps of equal length keep the weights small: change the step only when it pays.
    if best.factor >= 2 { return 2 }
    return best.factor >= 1.2 ? best.factor : best.factor >= 0.9 ? 1 : max(best.factor, 0.5)
  }

  mutating func restart() {
    self = AdamsStepper(maxOrder: maxOrder)
  }
}
