/// Integrates `dy/dt = f(t, y)` from `state` at the first of `times`, and reports the state at each of them.
///
/// - Parameters:
///   - field: the right-hand side.
///   - state: the state at `times[0]`.
///   - times: the output times, ascending or descending. With events the last may be infinite.
///   - solver: the method, such as `RungeKutta.dopri5`.
///   - options: tolerances, step control, budgets, events.
/// - Returns: the states, how the solve ended, and what it cost. Numerical trouble is an outcome, not an error.
/// - Throws: ``ODEError`` when the solve was asked for wrongly.
public func solve<Field: VectorField>(
  _ field: Field, from state: Field.State, over times: [Double],
  with solver: any Solver = RungeKutta.dopri5, options: SolveOptions<Field.State> = SolveOptions()
) throws -> Solution<Field.State> {
  let plan = try SolvePlan(times: times, solver: solver, options: options)
  guard case .perSequence = plan.mode else {
    return runSolve(
      plan, from: state, runner: PlainRunner(field), sequencing: nil, recorder: nil)
  }
  throw ODEError.notPerSequence(reason: "the state is not a batch of sequences")
}

/// Integrates a batch of sequences, each with its own error control where the options ask for that.
///
/// - Parameters:
///   - field: the right-hand side; with steps by sequence it receives one time for each sequence still under way.
///   - state: the batch at `times[0]`.
///   - times: the output times, ascending or descending.
///   - solver: the method, such as `RungeKutta.dopri5`.
///   - options: tolerances, step control, budgets, events.
/// - Returns: the states, how the solve ended, and what it cost. Numerical trouble is an outcome, not an error.
/// - Throws: ``ODEError`` when the solve was asked for wrongly.
public func solve<Field: VectorField>(
  _ field: Field, from state: Field.State, over times: [Double],
  with solver: any Solver = RungeKutta.dopri5, options: SolveOptions<Field.State> = SolveOptions()
) throws -> Solution<Field.State> where Field.State: SequenceState {
  let plan = try SolvePlan(times: times, solver: solver, options: options)
  return runSolve(
    plan, from: state, runner: PlainRunner(field), sequencing: try plan.sequencing(),
    recorder: nil)
}

extension SolvePlan where State: SequenceState {
  /// How sequences are taken apart, when they are to have steps of their own.
  func sequencing() throws -> Sequencing<State>? {
    guard case .perSequence = mode else { return nil }
    guard solver is RungeKutta else {
      throw ODEError.notPerSequence(reason: "\(solver.name) is no Runge-Kutta method")
    }
    guard options.events.isEmpty && !options.keepsDenseOutput else {
      throw ODEError.notPerSequence(reason: "events and dense output are of whole states")
    }
    if case .state = options.norm.kind {
      throw ODEError.notPerSequence(reason: "a custom norm sees whole states")
    }
    return .standard
  }
}

/// Runs a solve that has been checked.
@specialized(where State == [Double])
@specialized(where State == [Float])
@specialized(where State == TensorState)
func runSolve<State: ODEState>(
  _ plan: SolvePlan<State>, from state: State, runner: any FieldRunner<State>,
  sequencing: Sequencing<State>?, recorder: StepRecorder<State>?
) -> Solution<State> {
  if case .fixed(let grid, let sources) = plan.mode {
    var run = FixedSolve(
      plan: plan, grid: grid, sources: sources, from: state, runner: runner, recorder: recorder)
    run.run()
    return run.solution()
  }
  var run = AdaptiveSolve(
    plan: plan, from: state, runner: runner, sequencing: sequencing, recorder: recorder)
  run.run()
  return run.solution()
}
