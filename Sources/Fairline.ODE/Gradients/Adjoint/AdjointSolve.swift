/// Solves the adjoint equation backwards, one output interval after another.
///
/// Each interval begins with the state that the forward solve reported, so errors of the state do
/// not add up over intervals.
struct AdjointSolve<Field: DifferentiableField> {
  typealias State = Field.State

  let solution: Solution<State>
  let field: Field
  let plan: SolvePlan<State>
  let options: AdjointOptions
  let wantsTimes: Bool
  let wantsInputs: Bool

  /// The times and states between which the equation is solved.
  private var stops: [(time: Double, state: State)] {
    var stops = Array(zip(solution.times, solution.states)).map { (time: $0.0, state: $0.1) }
    if let event = solution.event {
      stops[stops.count - 1] = (event.time, event.state)
    } else if !solution.outcome.isSuccess || solution.outcome == .stopped {
      // Behind the time that was reached the state stands still.
      for index in stops.indices
      where plan.direction * stops[index].time > plan.direction * solution.reached {
        stops[index].time = solution.reached
      }
    }
    return stops
  }

  /// Takes gradients of all outputs back to the start.
  func gradients(of cotangents: [State?]) throws -> SolveGradients<State> {
    guard plan.options.tolerance.isScalar || (options.relative != nil && options.absolute != nil)
    else {
      throw ODEError.gradientUnavailable(
        reason: "tolerances by element do not fit the adjoint equation: give it its own")
    }
    let stops = self.stops
    let last = stops.count - 1
    var statistics = BackwardStatistics()
    var times = Array(repeating: 0.0, count: stops.count)
    let zero = stops[last].state.zeros()
    var z = AdjointState(
      time: 0, state: stops[last].state, adjoint: cotangents[last] ?? zero,
      inputs: wantsInputs ? field.inputs.map { $0.zeros() } : [],
      hasTime: wantsTimes || plan.rules.alwaysCarriesTime, controlsInputs: options.norm == .all)
    for index in stride(from: last, to: 0, by: -1) {
      if wantsTimes {
        var slope = zero
        field.evaluate(at: FieldTime(stops[index].time), stops[index].state, into: &slope)
        statistics.evaluations += 1
        try ODEError.check(slope, fits: stops[index].state, "the field's derivative")
        times[index] = cotangents[index].map { $0.dot(slope) } ?? 0
        z.time -= times[index]
      }
      if stops[index].time != stops[index - 1].time {
        z = try step(from: stops[index].time, to: stops[index - 1].time, z, &statistics)
      }
      z.state = stops[index - 1].state
      if let cotangent = cotangents[index - 1] { z.adjoint.add(cotangent, times: [1]) }
    }
    times[0] = z.time
    return SolveGradients(
      initialState: z.adjoint, inputs: z.inputs, times: wantsTimes ? times : [],
      statistics: statistics)
  }

  /// Solves the equation over one interval.
  private func step(
    from start: Double, to end: Double, _ z: AdjointState<State>,
    _ statistics: inout BackwardStatistics
  ) throws -> AdjointState<State> {
    let back = try solve(
      AdjointField(field: field), from: z, over: [start, end],
      with: options.solver ?? plan.solver, options: solveOptions(spent: statistics.evaluations))
    statistics.evaluations += back.statistics.evaluations
    statistics.pullbacks += back.statistics.evaluations
    statistics.accepted += back.statistics.accepted
    statistics.rejected += back.statistics.rejected
    if !back.outcome.isSuccess { statistics.outcome = back.outcome }
    return back.final
  }

  /// The options of the solve that apply to the adjoint solve too; the budget is one for all
  /// intervals.
  private func solveOptions(spent: Int) -> SolveOptions<AdjointState<State>> {
    let forward = plan.options
    var own = SolveOptions<AdjointState<State>>(
      relative: options.relative ?? forward.tolerance.relative,
      absolute: options.absolute ?? forward.tolerance.absolute)
    own.norm = .largestPart
    own.conventions = forward.conventions
    own.maxSteps = forward.maxSteps
    if forward.maxEvaluations != .max {
      own.maxEvaluations = spent < forward.maxEvaluations ? forward.maxEvaluations - spent : 0
    }
    own.limitPolicy = forward.limitPolicy
    own.stepTimes = forward.stepTimes
    own.jumpTimes = forward.jumpTimes
    if let stepping = options.stepping {
      own.stepping = stepping
    } else if options.solver == nil {
      own.stepping = intervalStepping(forward.stepping)
    }
    guard options.solver == nil else { return own }
    own.controller = forward.controller
    own.firstStep = forward.firstStep
    own.minStep = forward.minStep
    own.maxStep = forward.maxStep
    own.interpolation = forward.interpolation
    own.evaluatesInside = forward.evaluatesInside
    return own
  }

  /// Grids and counts of the whole interval do not fit the intervals between outputs.
  private func intervalStepping(_ forward: Stepping) -> Stepping {
    switch forward {
    case .count(let count):
      .step(abs(plan.times[plan.times.count - 1] - plan.times[0]) / Double(count))
    case .grid(let points):
      .step(abs(points[points.count - 1] - points[0]) / Double(max(points.count - 1, 1)))
    default: forward
    }
  }
}
