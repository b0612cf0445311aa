/// Computes the steps of an explicit Runge-Kutta method.
///
/// Slope `i` is stage `i`, point `i` the state it is evaluated at.
struct RungeKuttaStepper<State: ODEState>: Stepper {
  private let method: RungeKutta
  private let interpolation: RungeKutta.Interpolation
  private let stages: [SlopeSum]
  private let result: StepResult

  init(_ method: RungeKutta, setting: StepperSetting<State>) {
    self.method = method
    let tableau = method.tableau
    let lanes = 32 / MemoryLayout<State.Scalar>.size
    let sum =
      setting.isCompatible
      ? { SlopeSum.inOrderOfReference($0, lanes: lanes) } : { SlopeSum($0) }
    stages = tableau.rows.map(sum)
    let last = tableau.stageCount - 1
    // torchdiffeq begins a step with the last stage of the one before even where that stage lies at another point.
    let isStale = setting.isCompatible && setting.isAdaptive && method.compatibleMiddle != nil
    let carries = tableau.endsWithSolution || isStale
    result = StepResult(
      end: tableau.endsWithSolution ? last : last + 1, solution: sum(tableau.weights),
      error: tableau.errorWeights.map(sum), endSlope: carries ? last : nil,
      carried: carries ? [last] : [], carriesStartSlope: carries)
    if setting.isCompatible, let middle = method.compatibleMiddle {
      interpolation = .quartic(middle: middle)
    } else {
      interpolation = method.interpolation
    }
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
  /// The slope at the end of the step, evaluated if no stage was there; the next step then begins with it.
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
