import FairlineODE
import FairlineTensor
import Foundation
import Testing

/// Whatever a solve is asked, it gives an outcome or an error.
struct SafetyTests {
  static var growth: ClosureField<[Double]> { ClosureField<[Double]> { _, y in y } }

  private func fixed(_ step: Double) -> SolveOptions<[Double]> {
    var options = SolveOptions<[Double]>()
    options.stepping = .step(step)
    return options
  }

  /// A step that is longer than the interval goes to its end.
  @Test(arguments: [1, 1.5, 1e15, 1e16, 1e300, Double.infinity])
  func aLongStepIsCutToTheInterval(_ step: Double) throws {
    let exact = 1 + 1 + 1 / 2.0 + 1 / 6.0 + 1 / 24.0
    for conventions in [SolveConventions.standard, .torchdiffeq] {
      var options = fixed(step)
      options.conventions = conventions
      let solution = try solve(
        Self.growth, from: [1], over: [0, 1], with: RungeKutta.rk4, options: options)
      #expect(solution.outcome == .finished && solution.reached == 1)
      #expect(abs(solution.final[0] - exact) < 1e-12)
      #expect(solution.statistics.accepted == 1)
    }
    let steep = ClosureField<[Double]> { _, _ in [1e20] }
    let short = try solve(
      steep, from: [1], over: [0, 1e-17], with: RungeKutta.rk4, options: fixed(0.1))
    #expect(abs(short.final[0] - 1001) < 1e-9)
  }

  /// The steps that go through an interval are not one more for rounding.
  @Test func roundingAddsNoStep() throws {
    for (count, step, end) in [(11, 0.1, 1.1), (3, 0.1, 0.3), (7, 0.1, 0.7), (10, 0.1, 1.0)] {
      let solution = try solve(
        Self.growth, from: [1], over: [0, end], with: RungeKutta.rk4, options: fixed(step))
      #expect(solution.statistics.accepted == count && solution.reached == end)
    }
  }

  /// A grid takes no memory, so a budget ends a solve over any number of points.
  @Test(arguments: [1e-10, 1e-18, 1e-300, 5e-324])
  func theBudgetIsAskedBeforeTheGrid(_ step: Double) throws {
    var options = fixed(step)
    options.maxEvaluations = 1000
    let solution = try solve(
      Self.growth, from: [1], over: [0, 1], with: RungeKutta.rk4, options: options)
    #expect(solution.outcome == .evaluationLimit)
    #expect(solution.statistics.evaluations <= 1000 && solution.final[0] >= 1)
    options.maxEvaluations = .max
    options.maxSteps = 100
    options.stepping = .count(.max)
    let counted = try solve(
      Self.growth, from: [1], over: [0, 1], with: RungeKutta.rk4, options: options)
    #expect(counted.outcome == .stepLimit && counted.statistics.accepted == 100)
  }

  /// Without any limit, more steps than anybody waits for end with an outcome.
  @Test func aGridWithoutAnEndGivesUp() throws {
    for conventions in [SolveConventions.standard, .torchdiffeq] {
      for stepping in [Stepping.step(1e-300), .step(1e-12), .count(.max), .count(1 << 40)] {
        var options = SolveOptions<[Double]>()
        (options.stepping, options.conventions) = (stepping, conventions)
        let solution = try solve(
          Self.growth, from: [1], over: [0, 1], with: RungeKutta.euler, options: options)
        #expect(solution.outcome == .stepLimit, "\(stepping)")
        #expect(solution.statistics.accepted == 100_000)
        #expect(solution.states.count == 2 && solution.final[0].isFinite)
      }
    }
  }

  /// A fixed step too short to move the time ends the solve.
  @Test func aStepThatMovesNothingEnds() throws {
    let solution = try solve(
      Self.growth, from: [1], over: [1, 2], with: RungeKutta.rk4, options: fixed(1e-300))
    #expect(solution.outcome == .stepTooSmall && solution.final == [1])
  }

  /// Budgets and reserves beyond all bounds are numbers like others.
  @Test func extremeLimitsAreFollowed() throws {
    for steps in [Int.min, 0, 1, .max] {
      for evaluations in [Int.min, -1, 0, 5, .max - 1] {
        for policy in [LimitPolicy.hold, .coast(steps: .min), .coast(steps: .max)] {
          var options = SolveOptions<[Double]>()
          (options.maxSteps, options.maxEvaluations) = (steps, evaluations)
          options.limitPolicy = policy
          // A reserve of so many steps would be gone through one by one without a budget.
          if policy == .coast(steps: .max), evaluations != .max - 1, steps > 1 { continue }
          let solution = try solve(Self.growth, from: [1], over: [0, 1], options: options)
          #expect(solution.final[0].isFinite && solution.states.count == 2)
        }
      }
    }
  }

  /// A search without an end gives up when no event comes.
  @Test(arguments: ["rk4", "dopri5", "explicit_adams"])
  func anEventThatNeverFiresEndsTheSolve(_ name: String) throws {
    let solver = try StandardSolvers.solver(named: name)
    let field = ClosureField<[Double]>(inPlace: { _, y, dy in (dy[0], dy[1]) = (y[1], -y[0]) })
    var options = SolveOptions<[Double]>()
    options.events = [Event { _, y in y[0] - 1e9 }]
    options.maxSteps = 2000
    if !solver.isAdaptive { options.stepping = .step(0.1) }
    let limited = try solve(
      field, from: [0, 1], over: [0, .infinity], with: solver, options: options)
    #expect(limited.outcome == .stepLimit && limited.event == nil)
    // A state at rest lets steps grow to the end of all numbers.
    let rest = ClosureField<[Double]> { _, y in [0] }
    let still = try solve(
      rest, from: [1], over: [0, .infinity], with: solver, options: options)
    #expect(still.event == nil && still.final[0] == 1)
    if solver.isAdaptive { return }
    for stepping in [Stepping.automatic, .outputTimes, .count(4), .grid([0, .infinity])] {
      options.stepping = stepping
      #expect(throws: ODEError.endlessSteps) {
        try solve(rest, from: [1], over: [0, .infinity], with: solver, options: options)
      }
    }
    options.stepping = .step(.infinity)
    #expect(throws: ODEError.endlessSteps) {
      try solve(rest, from: [1], over: [0, .infinity], with: solver, options: options)
    }
  }

  @Test func anEndlessSearchHasALimitOfItsOwn() throws {
    let field = ClosureField<[Double]>(inPlace: { _, _, dy in dy[0] = 0 })
    var options = fixed(1)
    options.events = [Event { _, y in y[0] }]
    let solution = try solve(
      field, from: [1], over: [0, .infinity], with: RungeKutta.euler, options: options)
    #expect(solution.outcome == .stepLimit && solution.reached == 100_000)
  }

  @Test func timesMustBeNumbers() {
    let nan = Double.nan
    for times in [
      [nan], [0, nan], [nan, 1], [0, nan, 1], [Double.infinity], [-Double.infinity, 0],
    ] {
      #expect(throws: ODEError.self, "\(times)") {
        try solve(Self.growth, from: [1], over: times)
      }
    }
    for step in [nan, -1, 0, -Double.infinity] {
      #expect(throws: ODEError.self) {
        try solve(Self.growth, from: [1], over: [0, 1], options: fixed(step))
      }
    }
    #expect(throws: ODEError.self) {
      var options = SolveOptions<[Double]>()
      options.stepping = .grid([0, .nan, 1])
      _ = try solve(Self.growth, from: [1], over: [0, 1], options: options)
    }
  }

  /// Steps chosen by error that break off go on over a few equal steps where that is wanted, and
  /// say so: the state is not left where the solve began.
  @Test func aSolveThatBreaksOffCoasts() throws {
    var options = SolveOptions<[Double]>()
    options.tolerance = Tolerance(relative: 0, absolute: 1e-300)
    options.limitPolicy = .coast(steps: 2)
    let strict = try solve(Self.growth, from: [1], over: [0, 1], options: options)
    #expect(strict.outcome == .stepTooSmall && strict.reached == 1)
    #expect(abs(strict.final[0] - exp(1)) < 1e-3)
    options.tolerance = Tolerance(relative: 1e-3, absolute: 1e-6)
    let field = ClosureField<[Double]> { t, y in [t == 0 ? 1 : .nan] }
    let broken = try solve(field, from: [1], over: [0, 1], options: options)
    #expect(broken.outcome == .notFinite && broken.final == [1] && broken.reached == 0)
    options.limitPolicy = .hold
    options.tolerance = Tolerance(relative: 0, absolute: 1e-300)
    let held = try solve(Self.growth, from: [1], over: [0, 1], options: options)
    #expect(held.outcome == .stepTooSmall && held.reached < 1)
  }

  /// A solve over a single time, or without steps, has a dense output all the same.
  @Test func aSolveWithoutStepsStaysWhereItBegan() throws {
    var options = SolveOptions<[Double]>()
    options.keepsDenseOutput = true
    for (times, steps) in [([0.0], Int.max), ([0.0, 1.0], 0)] {
      options.maxSteps = steps
      let solution = try solve(Self.growth, from: [3, 4], over: times, options: options)
      let dense = try #require(solution.dense)
      #expect(dense(0.5) == [3, 4] && dense.derivative(at: 0) == [0, 0] && dense.times.isEmpty)
    }
  }

  /// Too few gradients are an error.
  @Test func gradientsForOtherStatesAreAnError() throws {
    let field = DifferentiableClosureField<[Double]>({ _, y in y }) { cotangent, _, _, gradient in
      gradient.addToState(cotangent)
    }
    let solution = try solve(field, from: [1], over: [0, 1], gradient: .replay())
    #expect(throws: ODEError.self) { try solution.gradients(of: [[1]]) }
    #expect(throws: ODEError.self) { try solution.gradients(of: []) }
    let found = try solution.gradients(of: [nil, [1]]).initialState[0]
    #expect(abs(found - M_E) < 1e-2)
  }
}
