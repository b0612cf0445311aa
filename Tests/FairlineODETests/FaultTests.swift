import FairlineODE
import Foundation
import Testing

/// Known faults of other solvers, which only a compatible solve shares.
struct FaultTests {
  /// A step begins with the slope at its own start, not with that of the last stage before.
  @Test(arguments: ["adaptive_heun", "fehlberg2", "bosh3", "dopri5", "tsit5", "dopri8"])
  func everyStepBeginsWithItsOwnSlope(_ name: String) throws {
    let solver = try StandardSolvers.solver(named: name)
    func staleStarts(isCompatible: Bool) throws -> Int {
      var calls: Set<[Double]> = []
      var starts: [[Double]] = []
      let field = ClosureField<[Double]> { t, y in
        calls.insert(y)
        return [y[1] + t, -y[0]]
      }
      var options = SolveOptions<[Double]>(relative: 1e-4, absolute: 1e-4)
      options.stepping = .adaptive
      if isCompatible { options.conventions = .torchdiffeq }
      options.observer.onStep = { starts.append($0.state) }
      _ = try solve(field, from: [1, 0.5], over: [0, 3], with: solver, options: options)
      return starts.count { !calls.contains($0) }
    }
    #expect(try staleStarts(isCompatible: false) == 0)
    if name == "adaptive_heun" || name == "fehlberg2" {
      #expect(try staleStarts(isCompatible: true) > 0)
    }
  }

  /// The limit of steps is one for the whole solve, not for each output interval.
  @Test func stepsAreCountedOverTheWholeSolve() throws {
    func outcome(isCompatible: Bool) throws -> Outcome {
      var options = SolveOptions<[Double]>(relative: 1e-8, absolute: 1e-8)
      options.maxSteps = 20
      if isCompatible { options.conventions = .torchdiffeq }
      let times = (0...10).map { Double($0) }
      return try solve(
        SteppingTests.oscillator, from: [0, 1], over: times, options: options
      ).outcome
    }
    #expect(try outcome(isCompatible: false) == .stepLimit)
    #expect(try outcome(isCompatible: true) == .finished)
  }

  /// A step that may not be shorter is accepted whatever its error, but not without numbers.
  @Test func theShortestStepDoesNotHideNaN() throws {
    let field = ClosureField<[Double]> { t, y in [t > 0.5 ? Double.nan : -y[0]] }
    var options = SolveOptions<[Double]>()
    options.minStep = 0.01
    let solution = try solve(field, from: [1], over: [0, 1], options: options)
    #expect(solution.outcome == .notFinite)
    #expect(solution.reached <= 0.5 && solution.final[0].isFinite)
  }

  /// The adjoint of time neither steers the step nor costs evaluations where nobody asks for it.
  @Test func theAdjointOfTimeCountsOnlyWhereItIsWanted() throws {
    // The gradient by time swings fast, those by state and inputs do not.
    let field = DifferentiableClosureField<[Double]>(inputs: [[1.0]]) { t, y in
      [-y[0] + 1e-4 * sin(300 * t)]
    } pullback: { v, t, y, gradient in
      gradient.state[0] -= v[0]
      if gradient.wantsTimes { gradient.times[0] += v[0] * 3e-2 * 1e3 * cos(300 * t) }
    }
    func evaluations(wantsTimes: Bool, isCompatible: Bool) throws -> Int {
      var options = SolveOptions<[Double]>(relative: 1e-3, absolute: 1e-3)
      if isCompatible { options.conventions = .torchdiffeq }
      let result = try solve(
        field, from: [1], over: [0, 1], options: options, gradient: .continuousAdjoint())
      return try result.gradients(of: [nil, [1]], wantsTimes: wantsTimes).statistics.evaluations
    }
    let own = try evaluations(wantsTimes: false, isCompatible: false)
    #expect(own <= 40)
    #expect(try evaluations(wantsTimes: true, isCompatible: false) > 2 * own)
    #expect(try evaluations(wantsTimes: false, isCompatible: true) > 2 * own)
  }

  /// Many steps of the explicit Adams method as it comes do not blow up.
  @Test func explicitAdamsIsStable() throws {
    let solver = try StandardSolvers.solver(named: "explicit_adams")
    let errors = try [32, 128, 512].map { count in
      var options = SolveOptions<[Double]>()
      options.stepping = .count(count)
      let solution = try solve(
        SteppingTests.oscillator, from: [0, 1], over: [0, 10], with: solver, options: options)
      return abs(solution.final[0] - sin(10))
    }
    #expect(errors[0] < 1 && errors[1] < errors[0] / 16 && errors[2] < errors[1] / 16, "\(errors)")
  }

  /// Outputs between fixed steps are as exact as the steps.
  @Test func outputsBetweenFixedStepsKeepTheOrder() throws {
    func error(_ step: Double) throws -> Double {
      var options = SolveOptions<[Double]>()
      options.stepping = .step(step)
      let times = [0, 0.313, 1.271, 1.9, 2]
      let solution = try solve(
        Curved.field, from: Curved.start, over: times, with: RungeKutta.rk4, options: options)
      return zip(times, solution.states).map { Curved.error($0.1, at: $0.0) }.max() ?? .nan
    }
    #expect(try error(0.05) < error(0.1) / 10)
  }

  /// Settings that name both a step and a grid are refused, with a sentence.
  @Test func stepAndGridExcludeEachOther() throws {
    #expect(try Stepping() == .automatic)
    #expect(try Stepping(grid: [0, 1]) == .grid([0, 1]))
    #expect(throws: ODEError.conflictingSteps(["step", "grid"])) {
      try Stepping(step: 0.1, grid: [0, 1])
    }
    let sentence = ODEError.conflictingSteps(["step", "grid"]).description
    #expect(sentence == "step and grid exclude each other: give one of them")
  }
}
