/// A solution with what its gradient needs.
public struct DifferentiableSolution<Field: DifferentiableField> {
  /// What is integrated.
  public typealias State = Field.State

  /// The solution.
  public let solution: Solution<State>
  let field: Field
  let plan: SolvePlan<State>
  let mode: GradientMode
  let records: [StepRecord<State>]
  let replay: ReplayRunner<Field>
  let sequencing: Sequencing<State>?

  /// Takes gradients of the states back to the start, the inputs of the field, and the times.
  ///
  /// - Parameters:
  ///   - cotangents: the gradient of the loss by the state at each output time; nil where the loss
  ///     does not see it. After an event the last one belongs to the state at the event.
  ///   - eventTime: the gradient of the loss by the time of the event.
  ///   - wantsTimes: whether gradients by the output times are wanted.
  ///   - wantsInputs: whether gradients by the inputs of the field are wanted.
  /// - Throws: ``ODEError/gradientUnavailable(reason:)`` when an event has no gradient,
  ///   ``ODEError/shapeMismatch(what:count:wanted:)`` when a gradient does not fit its state.
  public func gradients(
    of cotangents: [State?], eventTime: Double = 0, wantsTimes: Bool = false,
    wantsInputs: Bool = true
  ) throws -> SolveGradients<State> {
    guard cotangents.count == solution.states.count else {
      throw ODEError.gradientUnavailable(
        reason: "\(cotangents.count) gradients were given for \(solution.states.count) states")
    }
    for cotangent in cotangents {
      try ODEError.check(cotangent, fits: solution.states[0], "a gradient by a state")
    }
    var cotangents = cotangents
    var evaluations = 0
    if let event = solution.event {
      let last = cotangents.count - 1
      cotangents[last] = try through(event, cotangents[last], time: eventTime)
      evaluations += 1
    }
    var gradients: SolveGradients<State>
    if case .continuousAdjoint(let options) = mode {
      gradients = try AdjointSolve(
        solution: solution, field: field, plan: plan, options: options, wantsTimes: wantsTimes,
        wantsInputs: wantsInputs
      ).gradients(of: cotangents)
    } else {
      var reversal = SolveReversal(
        solution: solution, plan: plan, records: records, replay: replay,
        inputs: wantsInputs ? field.inputs : [], wantsTimes: wantsTimes, wantsInputs: wantsInputs,
        sequencing: sequencing)
      gradients = try reversal.gradients(of: cotangents)
    }
    gradients.statistics.evaluations += evaluations
    return gradients
  }

  /// Moves the gradient by the time of an event into that by its state (implicit function theorem;
  /// Chen, Amos & Nickel, "Learning neural event functions for ordinary differential equations",
  /// 2021).
  private func through(
    _ event: EventRecord<State>, _ cotangent: State?, time: Double
  ) throws -> State {
    guard let gradient = plan.options.events[event.index].gradient else {
      throw ODEError.gradientUnavailable(
        reason: "event \(event.index) has no gradient: give it one where it is made")
    }
    var slope = event.state.zeros()
    field.evaluate(at: FieldTime(event.time), event.state, into: &slope)
    let (byTime, byState) = gradient(event.time, event.state)
    try ODEError.check(slope, fits: event.state, "the field's derivative")
    try ODEError.check(byState, fits: event.state, "an event's gradient by the state")
    let rate = byTime + byState.dot(slope) + plan.rules.eventRateShift
    let total = time + (cotangent?.dot(slope) ?? 0)
    return (cotangent ?? event.state.zeros()).adding(byState, times: -total / rate)
  }
}

/// Integrates `dy/dt = f(t, y)` and keeps what the gradient of the solution needs.
///
/// - Parameters:
///   - field: the right-hand side, with its pullback.
///   - state: the state at `times[0]`.
///   - times: the output times, ascending or descending. With events the last may be infinite.
///   - solver: the method, such as `RungeKutta.dopri5`.
///   - options: tolerances, step control, budgets, events.
///   - gradient: how the gradient is computed.
/// - Throws: ``ODEError`` when the solve was asked for wrongly.
public func solve<Field: DifferentiableField>(
  _ field: Field, from state: Field.State, over times: [Double],
  with solver: any Solver = RungeKutta.dopri5, options: SolveOptions<Field.State> = SolveOptions(),
  gradient: GradientMode
) throws -> DifferentiableSolution<Field> {
  let plan = try SolvePlan(times: times, solver: solver, options: options)
  if case .perSequence = plan.mode {
    throw ODEError.notPerSequence(reason: "the state is not a batch of sequences")
  }
  return try differentiableSolve(field, plan, from: state, gradient: gradient, sequencing: nil)
}

/// Integrates a batch of sequences, each with its own error control where the options ask for that,
/// and keeps what the gradient of the solution needs.
///
/// - Parameters:
///   - field: the right-hand side, with its pullback.
///   - state: the batch at `times[0]`.
///   - times: the output times, ascending or descending.
///   - solver: the method, such as `RungeKutta.dopri5`.
///   - options: tolerances, step control, budgets, events.
///   - gradient: how the gradient is computed.
/// - Throws: ``ODEError`` when the solve was asked for wrongly.
public func solve<Field: DifferentiableField>(
  _ field: Field, from state: Field.State, over times: [Double],
  with solver: any Solver = RungeKutta.dopri5, options: SolveOptions<Field.State> = SolveOptions(),
  gradient: GradientMode
) throws -> DifferentiableSolution<Field> where Field.State: SequenceState {
  let plan = try SolvePlan(times: times, solver: solver, options: options)
  let sequencing = try plan.sequencing()
  if sequencing != nil {
    switch gradient {
    case .replay(.max), .backpropagation: break
    case .replay:
      throw ODEError.gradientUnavailable(
        reason: "steps by sequence keep every state: leave out `checkpoints`")
    case .continuousAdjoint:
      throw ODEError.gradientUnavailable(
        reason: "the adjoint equation is solved for the whole batch: use replay")
    }
  }
  return try differentiableSolve(
    field, plan, from: state, gradient: gradient, sequencing: sequencing)
}

private func differentiableSolve<Field: DifferentiableField>(
  _ field: Field, _ plan: SolvePlan<Field.State>, from state: Field.State, gradient: GradientMode,
  sequencing: Sequencing<Field.State>?
) throws -> DifferentiableSolution<Field> {
  let replay = ReplayRunner(field)
  var recorder: StepRecorder<Field.State>?
  var runner: any FieldRunner<Field.State> = PlainRunner(field)
  switch gradient {
  case .replay(let checkpoints):
    recorder = StepRecorder(keepsMachines: false, checkpointLimit: checkpoints)
  case .backpropagation where sequencing != nil:
    // The steps of some sequences only cannot be kept apart from those of all: compute them again.
    recorder = StepRecorder(keepsMachines: false)
  case .backpropagation:
    recorder = StepRecorder(keepsMachines: true, replay: replay)
    runner = replay
  case .continuousAdjoint: break
  }
  let solution = try runSolve(
    plan, from: state, runner: runner, sequencing: sequencing, recorder: recorder)
  return DifferentiableSolution(
    solution: solution, field: field, plan: plan, mode: gradient,
    records: recorder?.records ?? [], replay: replay, sequencing: sequencing)
}
