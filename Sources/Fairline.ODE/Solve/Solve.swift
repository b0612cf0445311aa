/// Integrates `dy/dt = f(t, y)` from `state` at the first of `times`, and reports the state at each
/// of them.
///
/// - Parameters:
///   - field: the right-hand side.
///   - state: the state at `times[0]`.
///   - times: the output times, ascending or descending. With events the last may be infinite.
///   - solver: the method, such as `RungeKutta.dopri5`.
///   - options: tolerances, step control, budgets, events.
/// - Returns: the states, how the solve ended, and what it cost. Numerical trouble is an outcome,
///   not an error.
/// - Throws: ``ODEError`` when the solve was asked for wrongly.
public func solve<Field: VectorField>(
  _ field: Field, from state: Field.State, over times: [Double],
  with solver: any Solver = RungeKutta.dopri5, options: SolveOptions<Field.State> = SolveOptions()
) throws -> Solution<Field.State> {
  let plan = try SolvePlan(times: times, solver: solver, options: options)
  guard case .perSequence = plan.mode else {
    return try runSolve(
      plan, from: state, runner: PlainRunner(field), sequencing: nil, recorder: nil)
  }
  throw ODEError.notPerSequence(reason: "the state is not a batch of sequences")
}

/// Integrates a batch of sequences, each with its own error control where the options ask for that.
///
/// - Parameters:
///   - field: the right-hand side; with steps by sequence it receives one time for each sequence
///     still under way.
///   - state: the batch at `times[0]`.
///   - times: the output times, ascending or descending.
///   - solver: the method, such as `RungeKutta.dopri5`.
///   - options: tolerances, step control, budgets, events.
/// - Returns: the states, how the solve ended, and what it cost. Numerical trouble is an outcome,
///   not an error.
/// - Throws: ``ODEError`` when the solve was asked for wrongly.
public func solve<Field: VectorField>(
  _ field: Field, from state: Field.State, over times: [Double],
  with solver: any Solver = RungeKutta.dopri5, options: SolveOptions<Field.State> = SolveOptions()
) throws -> Solution<Field.State> where Field.State: SequenceState {
  let plan = try SolvePlan(times: times, solver: solver, options: options)
  return try runSolve(
    plan, from: state, runner: PlainRunner(field), sequencing: try plan.sequencing(),
    recorder: nil)
}

/// Runs a solve that has been checked.
///
/// - Throws: ``ODEError/shapeMismatch(what:count:wanted:)`` when the field's derivative, or a
///   tolerance by element, does not fit the state.
@specialized(where State == [Double])
@specialized(where State == [Float])
@specialized(where State == TensorState)
func runSolve<State: ODEState>(
  _ plan: SolvePlan<State>, from state: State, runner: any FieldRunner<State>,
  sequencing: Sequencing<State>?, recorder: StepRecorder<State>?
) throws -> Solution<State> {
  let tolerance = plan.options.tolerance
  try ODEError.check(tolerance.relativeByElement, fits: state, "the relative tolerance")
  try ODEError.check(tolerance.absoluteByElement, fits: state, "the absolute tolerance")
  var run = SolveRun(
    plan: plan, from: state, runner: runner, sequencing: sequencing, recorder: recorder)
  run.run()
  if let fault = run.machine.fault { throw fault }
  return run.solution()
}
