/// Computes the steps of an explicit Runge-Kutta method.
///
/// Slope `i` is stage `i`, point `i` the state it is evaluated at.
struct RungeKuttaStepper<State: ODEState>: Stepper {
  private let method: RungeKutta
  private let interpolation: RungeKutta.Interpolation
  private let stages: [SlopeSum]
  private let result: StepResult

  /// Makes a stepper.
  ///
  /// - Parameters:
  ///   - method: the table.
  ///   - interpolation: the solution inside a step; nil takes the method's own.
  ///   - handsOnLastStage: whether the last stage begins the next step although it lies elsewhere.
  ///   - sum: how weights of stages become sums.
  init(
    _ method: RungeKutta, interpolation: RungeKutta.Interpolation? = nil,
    handsOnLastStage: Bool = false, sum: ([Double]) -> SlopeSum = { SlopeSum($0) }
  ) {
    self.method = method
    self.interpolation = interpolation ?? method.interpolation
    let tableau = method.tableau
    stages = tableau.rows.map(sum)
    let last = tableau.stageCount - 1
    let carries = tableau.endsWithSolution || handsOnLastStage
    result = StepResult(
      end: tableau.endsWithSolution ? last : last + 1, solution: sum(tableau.weights),
      error: tableau.errorWeights.map(sum), endSlope: carries ? last : nil,
      carried: carries ? [last] : [], carriesStartSlope: carries)
  }

  var evaluationsPerStep: Int { stages.count + (result.carriesStartSlope ? 0 : 1) }

  var evaluationsPerOutput: Int {
    switch interpolation {
    case .hermite, .quartic: result.endSlope == nil ? 1 : 0
    case .bootstrapped(_, let nodes): nodes.count
    case .linear, .quadratic, .native: 0
    }
  }

  @specialized(where State == [Double])
  @specialized(where State == [Float])
  @specialized(where State == TensorState)
  mutating func step(_ machine: inout StepMachine<State>) -> StepResult {
    let count = method.tableau.stageCount
    machine.reserve(points: result.end + 1, slopes: count)
    if !machine.hasStartSlope { machine.evaluate(point: 0, node: 0, into: 0) }
    for stage in 1..<max(count, 1) {
      machine.combine(into: stage, stages[stage - 1], isStage: stage != result.end)
      machine.evaluate(point: stage, node: method.tableau.nodes[stage], into: stage)
    }
    if result.end == count { machine.combine(into: count, result.solution) }
    return result
  }

  mutating func denseOutput(
    _ machine: inout StepMachine<State>, _ result: inout StepResult
  ) -> DensePolynomial {
    switch interpolation {
    case .linear: return .linear(result)
    case .quadratic: return .quadratic(result)
    case .hermite:
      return .hermite(result, endSlope: machine.evaluateEndSlope(&result))
    case .quartic(let middle):
      return .quartic(
        result, middle: SlopeSum(middle), endSlope: machine.evaluateEndSlope(&result))
    case .native(let rows):
      return DensePolynomial(picks: Array(rows.indices), coefficients: rows)
    case .bootstrapped(let rows, let nodes):
      return Bootstrap.raise(rows, nodes: nodes, machine: &machine, result: result)
    }
  }
}

extension StepMachine {
  /// The slope at the end of the step, evaluated if no stage was there; the next step then begins
  /// with it.
  mutating func evaluateEndSlope(_ result: inout StepResult) -> Int {
    if let slope = result.endSlope { return slope }
    let slope = freeSlope
    reserve(points: points.count, slopes: slope + 1)
    evaluate(point: result.end, node: 1, into: slope)
    result.endSlope = slope
    if result.carried.isEmpty {
      result.carried = [slope]
      result.carriesStartSlope = true
    }
    return slope
  }
}
