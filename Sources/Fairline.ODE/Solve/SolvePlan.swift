/// What a solve has been asked for, checked, with times that ascend.
///
/// Inside a solve time is the user's time multiplied by `direction`, so that it always grows.
struct SolvePlan<State: ODEState> {
  enum Mode {
    case adaptive
    case perSequence
    case fixed(grid: [Double], ends: [TimeSource])
  }

  let userTimes: [Double]
  let times: [Double]
  let direction: Double
  let options: SolveOptions<State>
  let solver: any Solver
  let mode: Mode
  let stepTimes: [Double]
  let jumpTimes: [Double]

  var end: Double { times[times.count - 1] }
  var isCompatible: Bool { options.isCompatible }

  init(times: [Double], solver: any Solver, options: SolveOptions<State>) throws {
    guard let first = times.first, let last = times.last else { throw ODEError.noTimes }
    userTimes = times
    direction = last < first ? -1 : 1
    let sign = direction
    self.times = times.map { $0 * sign }
    self.options = options
    self.solver = solver
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
    try Self.checkPositive(options)
    mode = try Self.mode(self.times, direction: sign, solver: solver, options: options)
  }

  var setting: StepperSetting<State> {
    if case .fixed = mode {
      return StepperSetting(
        isCompatible: isCompatible, isAdaptive: false, tolerance: options.tolerance)
    }
    return StepperSetting(
      isCompatible: isCompatible, isAdaptive: true, tolerance: options.tolerance)
  }

  private static func forced(_ times: [Double], direction: Double, from start: Double) -> [Double] {
    times.map { $0 * direction }.filter { $0 >= start }.sorted()
  }

  private static func checkPositive(_ options: SolveOptions<State>) throws {
    func check(_ isPositive: Bool, _ what: String) throws {
      if !isPositive { throw ODEError.notPositive(what: what) }
    }
    let tolerance = options.tolerance
    try check(
      !tolerance.isScalar
        || (tolerance.relative >= 0 && tolerance.absolute >= 0
          && tolerance.relative + tolerance.absolute > 0),
      "a tolerance")
    try check((options.firstStep ?? 1) > 0, "the first step")
    try check(options.minStep >= 0 && options.maxStep > 0, "the longest step")
    try check(options.controller.safety > 0, "the safety factor")
    switch options.stepping {
    case .step(let length): try check(length > 0, "the step")
    case .count(let count): try check(count > 0, "the number of steps")
    default: break
    }
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
      let grid = try FixedGrid.make(options.stepping, times: times, direction: direction)
      return .fixed(grid: grid.points, ends: grid.sources)
    }
  }
}

/// What the time at the end of a step depends on.
enum TimeSource: Equatable {
  /// On the start of the step: its length is a constant.
  case moving
  /// On an output time.
  case output(Int)
  /// On both ends of the interval: it lies this fraction of the way from the first output time to the last.
  case between(Double)
  /// On nothing.
  case constant
}
