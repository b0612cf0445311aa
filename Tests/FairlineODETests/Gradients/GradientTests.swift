import FairlineODE
import Foundation
import Testing

/// Gradients in the standard mode against differences.
struct GradientTests {
  /// `dy/dt` of a small network-like field that reads its state, the time and two inputs.
  static func field(_ weights: [Double], _ memory: [Double]) -> DifferentiableClosureField<[Double]>
  {
    DifferentiableClosureField(inputs: [weights, memory]) { t, y in
      [
        tanh(weights[0] * y[0] + weights[1] * y[1] + memory[0] * t),
        sin(weights[2] * y[0]) - weights[3] * y[1] + memory[1] * cos(t),
      ]
    } pullback: { v, t, y, gradient in
      let z = tanh(weights[0] * y[0] + weights[1] * y[1] + memory[0] * t)
      let a = v[0] * (1 - z * z)
      let b = v[1] * cos(weights[2] * y[0])
      gradient.state[0] += a * weights[0] + b * weights[2]
      gradient.state[1] += a * weights[1] - v[1] * weights[3]
      if gradient.wantsInputs {
        gradient.inputs[0][0] += a * y[0]
        gradient.inputs[0][1] += a * y[1]
        gradient.inputs[0][2] += b * y[0]
        gradient.inputs[0][3] -= v[1] * y[1]
        gradient.inputs[1][0] += a * t
        gradient.inputs[1][1] += v[1] * cos(t)
      }
      if gradient.wantsTimes {
        gradient.times[0] += a * memory[0] - v[1] * memory[1] * sin(t)
      }
    }
  }

  static let start = [0.4, -0.7]
  static let weights = [0.8, -1.1, 1.7, 0.6]
  static let memory = [0.3, 0.5]
  static let cotangents: [[Double]] = [[0.3, -0.2], [1.1, 0.4], [-0.6, 0.9]]

  /// All numbers that the loss depends on, in one vector.
  static var point: [Double] { start + weights + memory + [0, 0.8, 2] }

  static func loss(
    _ p: [Double], _ solver: any Solver, _ options: SolveOptions<[Double]>
  ) throws -> Double {
    let solution = try solve(
      field(Array(p[2..<6]), Array(p[6..<8])), from: Array(p[0..<2]), over: Array(p[8...]),
      with: solver, options: options)
    return zip(solution.states, cotangents).reduce(0) { $0 + $1.0.dot($1.1) }
  }

  static func gradient(
    _ solver: any Solver, _ options: SolveOptions<[Double]>, _ mode: GradientMode
  ) throws -> [Double] {
    let result = try solve(
      field(weights, memory), from: start, over: [0, 0.8, 2], with: solver, options: options,
      gradient: mode)
    let gradients = try result.gradients(of: cotangents, wantsTimes: true)
    return gradients.initialState + gradients.inputs.flatMap { $0 } + gradients.times
  }

  static func differences(
    _ solver: any Solver, _ options: SolveOptions<[Double]>, step: Double = 1e-5
  ) throws -> [Double] {
    try point.indices.map { index in
      var (up, down) = (point, point)
      up[index] += step
      down[index] -= step
      return (try loss(up, solver, options) - loss(down, solver, options)) / (2 * step)
    }
  }

  private func expectClose(_ got: [Double], _ wanted: [Double], _ tolerance: Double) {
    for (index, pair) in zip(got, wanted).enumerated() {
      #expect(abs(pair.0 - pair.1) < tolerance, "element \(index): \(pair.0), not \(pair.1)")
    }
  }

  /// On steps that do not change the gradient of the computed solution is exact, times included.
  @Test(arguments: StandardSolvers.names.filter { $0 != "adams" })
  func fixedStepsAreExact(_ name: String) throws {
    let solver = try StandardSolvers.solver(named: name)
    for stepping in [Stepping.outputTimes, .count(9), .step(0.3)] {
      var options = SolveOptions<[Double]>(relative: 1e-14, absolute: 1e-14)
      options.stepping = stepping
      let wanted = try Self.differences(solver, options)
      for mode in [GradientMode.replay(), .replay(checkpoints: 3), .backpropagation] {
        expectClose(try Self.gradient(solver, options, mode), wanted, 2e-8)
      }
    }
  }

  /// With steps by error, at a tight tolerance, every mode gives the gradient of the true solution.
  @Test(arguments: StandardSolvers.names(estimatingErrorsFrom: 3))
  func adaptiveStepsConverge(_ name: String) throws {
    let solver = try StandardSolvers.solver(named: name)
    var options = SolveOptions<[Double]>(relative: 1e-10, absolute: 1e-10)
    options.stepping = .adaptive
    let wanted = try Self.differences(RungeKutta.dopri8, .init(relative: 1e-13, absolute: 1e-13))
    let modes: [GradientMode] = [
      .replay(), .replay(checkpoints: 4), .backpropagation, .continuousAdjoint(),
      .continuousAdjoint(.init(norm: .all)),
    ]
    for mode in modes { expectClose(try Self.gradient(solver, options, mode), wanted, 1e-6) }
  }

  /// The discrete gradient does not depend on how coarse the solve was: it is that of what was
  /// computed.
  @Test func replayEqualsBackpropagation() throws {
    for name in StandardSolvers.names {
      let solver = try StandardSolvers.solver(named: name)
      let options = SolveOptions<[Double]>(relative: 1e-2, absolute: 1e-2)
      let replay = try Self.gradient(solver, options, .replay())
      #expect(try Self.gradient(solver, options, .replay(checkpoints: 1)) == replay, "\(name)")
      #expect(try Self.gradient(solver, options, .backpropagation) == replay, "\(name)")
    }
  }

  /// Forced times and jumps: the steps are the same on both sides of a small change, so differences
  /// are exact.
  @Test func forcedTimesAreExact() throws {
    var options = SolveOptions<[Double]>(relative: 1e-10, absolute: 1e-10)
    options.stepTimes = [0.5, 1.4]
    options.jumpTimes = [1.1]
    let wanted = try Self.differences(RungeKutta.dopri5, options)
    expectClose(try Self.gradient(RungeKutta.dopri5, options, .replay()), wanted, 1e-6)
    expectClose(try Self.gradient(RungeKutta.dopri5, options, .backpropagation), wanted, 1e-6)
    expectClose(
      try Self.gradient(RungeKutta.rk4, options, .replay()),
      try Self.differences(RungeKutta.rk4, options), 1e-6)
  }

  /// Backwards in time the same holds.
  @Test func backwardsInTime() throws {
    let options = SolveOptions<[Double]>(relative: 1e-10, absolute: 1e-10)
    func loss(_ start: [Double]) throws -> Double {
      try solve(
        Self.field(Self.weights, Self.memory), from: start, over: [2, 0.5], options: options
      ).final[0]
    }
    let modes: [GradientMode] = [.replay(), .backpropagation, .continuousAdjoint()]
    for mode in modes {
      let result = try solve(
        Self.field(Self.weights, Self.memory), from: Self.start, over: [2, 0.5], options: options,
        gradient: mode)
      let gradient = try result.gradients(of: [nil, [1, 0]]).initialState
      for index in 0..<2 {
        var (up, down) = (Self.start, Self.start)
        up[index] += 1e-5
        down[index] -= 1e-5
        let wanted = (try loss(up) - loss(down)) / 2e-5
        #expect(abs(gradient[index] - wanted) < 1e-6)
      }
    }
  }

  /// Gradients that are not wanted are not computed.
  @Test func inputsAreOptional() throws {
    let result = try solve(
      Self.field(Self.weights, Self.memory), from: Self.start, over: [0, 1], gradient: .replay())
    let gradients = try result.gradients(of: [nil, [1, 1]], wantsInputs: false)
    #expect(gradients.inputs.isEmpty && gradients.times.isEmpty)
    let all = try result.gradients(of: [nil, [1, 1]])
    #expect(gradients.initialState == all.initialState)
  }
}
