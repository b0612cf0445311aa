import FairlineODE

/// Solves with any numbers in the library's calls: times, tolerances, steps, limits, events, and
/// gradients.
struct SolverTarget: FuzzTarget {
  func seeds() -> [[UInt8]] {
    StandardSolvers.all.indices.flatMap { solver in
      (0..<6).map { field in
        [UInt8(solver), UInt8(field), 0, 2, 0, 1] + [UInt8](repeating: 0, count: 40)
      }
    } + [Array(0..<60)]
  }

  func read(_ bytes: [UInt8]) throws {
    var choices = Choices(bytes)
    if choices.byte() < 128 {
      try solve(Double.self, &choices)
    } else {
      try solve(Float.self, &choices)
    }
  }

  private func solve<Scalar: ODEScalar & BinaryFloatingPoint>(
    _: Scalar.Type, _ choices: inout Choices
  ) throws {
    typealias State = [Scalar]
    let solver = choices.one(of: StandardSolvers.all).solver
    let body = Self.field(choices.byte(), Scalar.self)
    let state = (0..<(choices.byte() % 4)).map { _ in Scalar(choices.number()) }
    let times = (0..<(choices.byte() % 5)).map { _ in choices.number() }
    let options: SolveOptions<State> = Self.options(&choices, count: state.count)
    guard choices.flag() else {
      let solution = try FairlineODE.solve(
        ClosureField(body), from: state, over: times, with: solver, options: options)
      precondition(solution.states.count == times.count, "a state for each time")
      if let dense = solution.dense {
        for _ in 0..<3 {
          let time = choices.number()
          precondition(dense(time).count == state.count, "a state of another size")
          _ = dense.derivative(at: time)
        }
      }
      return
    }
    let field = DifferentiableClosureField(body) { cotangent, _, _, gradient in
      gradient.addToState(cotangent.map { -$0 })
    }
    let solution = try FairlineODE.solve(
      field, from: state, over: times, with: solver, options: options,
      gradient: Self.gradient(&choices))
    let cotangents = (0..<(choices.flag() ? times.count : choices.byte() % 4)).map { _ in
      choices.flag() ? State(repeating: 1, count: state.count) : nil
    }
    _ = try solution.gradients(
      of: cotangents, eventTime: choices.number(), wantsTimes: choices.flag(),
      wantsInputs: choices.flag())
  }

  /// Decay, growth without bound, a state that is no number, a jump, a turning field, and one of
  /// another size.
  private static func field<Scalar: BinaryFloatingPoint>(
    _ kind: Int, _: Scalar.Type
  ) -> (Double, [Scalar]) -> [Scalar] {
    switch kind % 7 {
    case 0: { _, y in y.map { -$0 } }
    case 1: { _, y in y.map { $0 * $0 } }
    case 2: { t, y in y.map { t > 0.5 ? .nan : $0 } }
    case 3: { t, y in y.map { _ in t < 0.3 ? 1 : -1000 } }
    case 4: { t, y in y.map { $0 * Scalar(1e6) * (t > 0.1 ? -1 : 1) } }
    case 5: { _, y in Array(y.dropLast()) }
    default: { t, y in y.map { _ in Scalar(t) } + [1] }
    }
  }

  private static func options<Scalar: ODEScalar & BinaryFloatingPoint>(
    _ choices: inout Choices, count: Int
  ) -> SolveOptions<[Scalar]> {
    var options = SolveOptions<[Scalar]>()
    // Without limits such solves go on for as long as they are asked to.
    options.maxEvaluations = min(choices.integer(), 1000)
    options.maxSteps = min(choices.integer(), 1000)
    if choices.flag() {
      options.tolerance = Tolerance(relative: choices.number(), absolute: choices.number())
    }
    if choices.flag() {
      options.tolerance.absoluteByElement = (0..<(choices.flag() ? count : 2)).map { _ in
        Scalar(choices.number())
      }
    }
    options.norm = choices.one(of: [.rootMeanSquare, .maximum, .largestPart])
    options.stepping = stepping(&choices)
    if choices.flag() {
      options.controller = StepController(
        safety: choices.number(), smallestFactor: choices.number(),
        largestFactor: choices.number(), proportional: choices.number(),
        integral: choices.number(), derivative: choices.number())
    }
    options.firstStep = choices.flag() ? choices.number() : nil
    if choices.flag() { (options.minStep, options.maxStep) = (choices.number(), choices.number()) }
    options.stepTimes = (0..<(choices.byte() % 3)).map { _ in choices.number() }
    options.jumpTimes = (0..<(choices.byte() % 3)).map { _ in choices.number() }
    options.interpolation = choices.one(of: [.own, .linear, .cubic])
    options.evaluatesInside = choices.flag()
    options.limitPolicy = choices.flag() ? .coast(steps: choices.integer()) : .hold
    if choices.flag() {
      let level = choices.number()
      options.events = [
        Event(
          crossing: choices.one(of: [.any, .rising, .falling]),
          gradient: choices.flag() ? { _, y in (0, y.map { _ in 1 }) } : nil
        ) { t, y in (y.first.map(Double.init) ?? t) - level }
      ]
      options.eventTolerance = choices.flag() ? choices.number() : nil
    }
    options.keepsSteps = choices.flag()
    options.keepsDenseOutput = choices.flag()
    options.conventions = choices.flag() ? .torchdiffeq : .standard
    return options
  }

  private static func stepping(_ choices: inout Choices) -> Stepping {
    switch choices.byte() % 7 {
    case 0: .automatic
    case 1: .adaptive
    case 2: .perSequence
    case 3: .outputTimes
    case 4: .step(choices.number())
    case 5: .count(choices.integer())
    default: .grid((0..<(choices.byte() % 5)).map { _ in choices.number() })
    }
  }

  private static func gradient(_ choices: inout Choices) -> GradientMode {
    switch choices.byte() % 4 {
    case 0: .replay()
    case 1: .replay(checkpoints: choices.integer())
    case 2: .backpropagation
    default:
      .continuousAdjoint(
        AdjointOptions(
          relative: choices.flag() ? choices.number() : nil,
          absolute: choices.flag() ? choices.number() : nil,
          stepping: choices.flag() ? stepping(&choices) : nil,
          norm: choices.flag() ? .all : .seminorm))
    }
  }
}
