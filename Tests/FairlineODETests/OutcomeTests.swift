import FairlineODE
import Foundation
import Testing

/// Every solve ends, and every way to end has a defined result.
struct OutcomeTests {
  static var stiff: ClosureField<[Double]> {
    ClosureField<[Double]> { t, y in [-1e6 * (y[0] - cos(t))] }
  }
  static var blowUp: ClosureField<[Double]> {
    ClosureField<[Double]> { _, y in [y[0] * y[0]] }
  }

  @Test func theBudgetIsNeverExceeded() throws {
    for budget in [20, 57, 100, 1000] {
      for policy in [LimitPolicy.hold, .coast(steps: 2)] {
        var calls = 0
        let field = ClosureField<[Double]> { t, y in
          calls += 1
          return [-1e6 * (y[0] - cos(t))]
        }
        var options = SolveOptions<[Double]>()
        options.maxEvaluations = budget
        options.limitPolicy = policy
        let solution = try solve(field, from: [0], over: [0, 0.3, 1], options: options)
        #expect(calls <= budget && calls == solution.statistics.evaluations)
        #expect(solution.outcome == .evaluationLimit || solution.outcome == .notFinite)
        #expect(solution.states.count == 3)
      }
    }
  }

  /// The adjoint solve has one budget for all its intervals, and needs tolerances that fit it.
  @Test func theAdjointSolveIsBounded() throws {
    var options = SolveOptions<[Double]>(relative: 1e-3, absolute: 1e-3)
    options.maxEvaluations = 400
    let mode = GradientMode.continuousAdjoint(.init(relative: 1e-13, absolute: 1e-13))
    let field = GradientTests.field(GradientTests.weights, GradientTests.memory)
    let result = try solve(
      field, from: GradientTests.start, over: [0, 3, 6, 9, 12], options: options, gradient: mode)
    let gradients = try result.gradients(of: [nil, [1, 1], nil, [1, 1], [1, 1]])
    #expect(gradients.statistics.outcome == .evaluationLimit)
    #expect(gradients.statistics.evaluations <= 400 + 8)
    options.tolerance.relativeByElement = [1e-3, 1e-3]
    let byElement = try solve(
      field, from: GradientTests.start, over: [0, 1], options: options,
      gradient: .continuousAdjoint())
    #expect(throws: ODEError.self) { try byElement.gradients(of: [nil, [1, 1]]) }
  }

  @Test func holdKeepsTheLastState() throws {
    var options = SolveOptions<[Double]>()
    options.maxSteps = 10
    let solution = try solve(Self.stiff, from: [0], over: [0, 0.5, 1], options: options)
    #expect(solution.outcome == .stepLimit)
    #expect(solution.statistics.accepted + solution.statistics.rejected == 10)
    #expect(solution.reached > 0 && solution.reached < 0.5)
    #expect(solution.states[1] == solution.states[2] && solution.final[0].isFinite)
  }

  @Test func coastReachesTheEnd() throws {
    let field = ClosureField<[Double]> { t, y in [cos(40 * t) * 40] }
    var options = SolveOptions<[Double]>(relative: 1e-8, absolute: 1e-8)
    options.maxEvaluations = 80
    options.limitPolicy = .coast(steps: 4)
    let solution = try solve(field, from: [0], over: [0, 0.7, 1], options: options)
    #expect(solution.outcome == .evaluationLimit)
    #expect(solution.reached == 1)
    #expect(solution.statistics.evaluations <= 80)
    #expect(abs(solution.final[0]) < 10)
  }

  /// The gradient of a solve that coasted is that of what it computed; one that held still passes
  /// gradients of the held state.
  @Test func limitedSolvesHaveGradients() throws {
    for policy in [LimitPolicy.coast(steps: 3), .hold] {
      var options = SolveOptions<[Double]>(relative: 1e-9, absolute: 1e-9)
      // Steps of one length, so that differences do not see the step control.
      (options.firstStep, options.minStep, options.maxStep) = (0.07, 0.07, 0.07)
      options.maxSteps = 12
      options.limitPolicy = policy
      let wanted = try GradientTests.differences(RungeKutta.dopri5, options)
      for mode in [GradientMode.replay(), .backpropagation] {
        let got = try GradientTests.gradient(RungeKutta.dopri5, options, mode)
        // Times are left out: where a limited solve stands is no smooth function of them.
        for index in 0..<8 { #expect(abs(got[index] - wanted[index]) < 1e-5) }
      }
    }
  }

  @Test(arguments: ["dopri5", "bosh3", "tsit5", "dopri8", "adaptive_heun", "adams"])
  func aSingularityEndsTheSolve(_ name: String) throws {
    let solver = try StandardSolvers.solver(named: name)
    var options = SolveOptions<[Double]>(relative: 1e-6, absolute: 1e-8)
    options.maxSteps = 20_000
    let solution = try solve(Self.blowUp, from: [1], over: [0, 2], with: solver, options: options)
    #expect(!solution.outcome.isSuccess, "\(solution.outcome)")
    #expect(abs(solution.reached - 1) < 1e-2 && solution.final[0].isFinite)
  }

  @Test func numbersThatAreNoneAreSteppedAround() throws {
    // The square root of a negative stage is no number; smaller steps avoid it.
    let field = ClosureField<[Double]> { _, y in [-(y[0].squareRoot()) * 3] }
    var options = SolveOptions<[Double]>(relative: 1e-3, absolute: 1e-6)
    options.firstStep = 0.6
    let solution = try solve(field, from: [1], over: [0, 0.5], options: options)
    #expect(solution.outcome == .finished)
    #expect(abs(solution.final[0] - 0.0625) < 1e-3)
  }

  @Test(arguments: ["dopri5", "rk4", "adams", "implicit_adams"])
  func nanEndsTheSolve(_ name: String) throws {
    let solver = try StandardSolvers.solver(named: name)
    let field = ClosureField<[Double]> { t, y in [t > 0.5 ? .nan : y[0]] }
    var options = SolveOptions<[Double]>()
    if name == "rk4" || name == "implicit_adams" { options.stepping = .count(20) }
    let solution = try solve(field, from: [1], over: [0, 1], with: solver, options: options)
    #expect(solution.outcome == .notFinite, "\(solution.outcome)")
    #expect(solution.final[0].isFinite && solution.reached <= 0.5 + 1e-9)
  }

  @Test func wrongRequestsThrow() {
    let field = Self.blowUp
    func throwsError(_ times: [Double], _ change: (inout SolveOptions<[Double]>) -> Void = { _ in })
      -> ODEError?
    {
      var options = SolveOptions<[Double]>()
      change(&options)
      do {
        _ = try solve(field, from: [1], over: times, options: options)
        return nil
      } catch {
        return error as? ODEError
      }
    }
    #expect(throwsError([0, 1, 0.5]) == .timesNotMonotone([0, 1, 0.5]))
    #expect(throwsError([]) == .noTimes)
    #expect(throwsError([0, .infinity]) == .endNotFinite)
    #expect(
      throwsError([0, 0.5]) { $0.tolerance.relative = -1 } == .notPositive(what: "a tolerance"))
    #expect(throwsError([0, 0.5]) { $0.stepping = .grid([0, 0.4]) } == .gridMismatch)
    #expect(throwsError([0, 0.5]) { $0.stepping = .step(0) } == .notPositive(what: "the step"))
    #expect(
      throwsError([0, 0.5]) { ($0.stepTimes, $0.jumpTimes) = ([0.2], [0.2]) }
        == .repeatedForcedTime(0.2))
    #expect(throws: ODEError.noErrorEstimate(solver: "rk4")) {
      var options = SolveOptions<[Double]>()
      options.stepping = .adaptive
      _ = try solve(field, from: [1], over: [0, 0.5], with: RungeKutta.rk4, options: options)
    }
    #expect(throws: ODEError.self) { try StandardSolvers.solver(named: "nope") }
  }
}
