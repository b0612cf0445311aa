/// What a solve has been asked for, checked, with times that ascend.
///
/// Inside a solve time is the user's time multiplied by `direction`, so that it always grows.
struct SolvePlan<State: ODEState> {
  /// Who chooses where steps end.
  enum Mode {
    /// The error of the whole state.
    case adaptive
    /// The error of each sequence.
    case perSequence
    /// A grid.
    case fixed(FixedGrid)
  }

  let userTimes: [Double]
  let times: [Double]
  let direction: Double
  let options: SolveOptions<State>
  let solver: any Solver
  let rules: any SolveRules
  let mode: Mode
  /// Times that steps must not pass, ascending.
  let stepTimes: [Double]
  let jumpTimes: [Double]
  /// The most steps.
  let maxSteps: Int
  /// The shortest and the longest step chosen by error.
  let bounds: StepBounds
  /// Equal steps over the rest of the interval when steps chosen by error end before it; 0 stays.
  let coastSteps: Int

  /// The most steps on a grid whose end nobody would see, unless the options have a limit.
  private static var stepsOfFineGrid: Int { 100_000 }

  var end: Double { times[times.count - 1] }

  /// The grid of fixed steps; nil where errors choose.
  var grid: FixedGrid? { if case .fixed(let grid) = mode { grid } else { nil } }

  /// What fixed steps report inside a step; the method's own dense output otherwise.
  var interpolation: FixedInterpolation {
    grid == nil ? .own : rules.interpolation(options.interpolation)
  }

  init(times: [Double], solver: any Solver, options: SolveOptions<State>) throws {
    guard let first = times.first, let last = times.last else { throw ODEError.noTimes }
    userTimes = times
    let sign = last < first ? -1.0 : 1.0
    direction = sign
    self.times = times.map { $0 * sign }
    self.options = options
    self.solver = solver
    rules = options.conventions.rules
    guard zip(self.times, self.times.dropFirst()).allSatisfy({ $0 < $1 }), !first.isNaN else {
      throw ODEError.timesNotMonotone(times)
    }
    guard first.isFinite && (last.isFinite || !options.events.isEmpty) else {
      throw ODEError.endNotFinite
    }
    stepTimes = Self.forced(options.stepTimes, direction: sign, from: self.times[0])
    jumpTimes = Self.forced(options.jumpTimes, direction: sign, from: self.times[0])
    let both = (stepTimes + jumpTimes).sorted()
    if let index = both.indices.dropFirst().first(where: { both[$0] == both[$0 - 1] }) {
      throw ODEError.repeatedForcedTime(both[index] * sign)
    }
    try options.checkRanges()
    bounds = StepBounds(least: options.minStep, most: options.maxStep)
    mode = try Self.mode(self.times, direction: sign, solver: solver, options: options)
    var (onGrid, isFine) = (false, false)
    if case .fixed(let grid) = mode { (onGrid, isFine) = (true, grid.isEndlesslyFine) }
    isFine = isFine && options.maxSteps == .max && options.maxEvaluations == .max
    maxSteps =
      isFine
      ? Self.stepsOfFineGrid
      : rules.stepLimit(options.maxSteps, isEndless: !last.isFinite, onGrid: onGrid)
    if case .coast(let count) = options.limitPolicy, last.isFinite, !onGrid {
      coastSteps = max(min(count, maxSteps, 1_000_000), 1)
    } else {
      coastSteps = 0
    }
  }

  /// Makes what computes the steps.
  func makeStepper() -> any Stepper<State> {
    let setting = StepperSetting<State>(isAdaptive: grid == nil, tolerance: options.tolerance)
    return rules.makeStepper(of: solver, for: setting) ?? solver.makeStepper(for: setting)
  }

  private static func forced(_ times: [Double], direction: Double, from start: Double) -> [Double] {
    times.map { $0 * direction }.filter { $0 >= start }.sorted()
  }

  private static func mode(
    _ times: [Double], direction: Double, solver: any Solver, options: SolveOptions<State>
  ) throws -> Mode {
    let hasEstimate = solver.errorExponent != nil
    switch options.stepping {
    case .adaptive, .perSequence:
      guard hasEstimate else { throw ODEError.noErrorEstimate(solver: solver.name) }
      return options.stepping == .adaptive ? .adaptive : .perSequence
    case .automatic where hasEstimate && solver.isAdaptive: return .adaptive
    default:
      return .fixed(
        try FixedGrid(
          options.stepping, times: times, direction: direction, rules: options.conventions.rules))
    }
  }
}

extension SolveOptions {
  /// Refuses numbers that no solve can follow.
  fileprivate func checkRanges() throws {
    func check(_ isPositive: Bool, _ what: String) throws {
      if !isPositive { throw ODEError.notPositive(what: what) }
    }
    try check(
      !tolerance.isScalar
        || (tolerance.relative >= 0 && tolerance.absolute >= 0
          && tolerance.relative + tolerance.absolute > 0),
      "a tolerance")
    try check((firstStep ?? 1) > 0, "the first step")
    try check(minStep >= 0 && maxStep > 0, "the longest step")
    try check(controller.safety > 0, "the safety factor")
    switch stepping {
    case .step(let length): try check(length > 0, "the step")
    case .count(let count): try check(count > 0, "the number of steps")
    default: break
    }
  }
}
