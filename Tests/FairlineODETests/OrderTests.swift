import FairlineODE
import Foundation
import Testing

/// A problem that is neither linear nor autonomous, with its solution `exp(sin t)`, beside an
/// oscillator.
struct Curved {
  static var field: ClosureField<[Double]> {
    ClosureField<[Double]> { t, y in
      [y[0] * y[0] * exp(-sin(t)) * cos(t), y[2], -y[1]]
    }
  }
  static func exact(_ t: Double) -> [Double] { [exp(sin(t)), sin(t), cos(t)] }
  static let start = exact(0)

  static func error(_ y: [Double], at t: Double) -> Double {
    zip(y, exact(t)).map { abs($0 - $1) }.max() ?? .nan
  }
}

/// The slope of the logarithm of the error against that of the step.
func slope(_ steps: [Double], _ errors: [Double]) -> Double {
  let (x, y) = (steps.map { log($0) }, errors.map { log($0) })
  let (mx, my) = (x.reduce(0, +) / Double(x.count), y.reduce(0, +) / Double(y.count))
  let top = zip(x, y).reduce(0) { $0 + ($1.0 - mx) * ($1.1 - my) }
  return top / x.reduce(0) { $0 + ($1 - mx) * ($1 - mx) }
}

struct OrderTests {
  /// Steps coarse enough for the error to stand above rounding.
  private func counts(order: Int) -> [Int] {
    order >= 8 ? [6, 8, 11, 15] : order >= 5 ? [32, 45, 64, 91] : [40, 57, 80, 113]
  }

  @Test(arguments: StandardSolvers.names.filter { $0 != "adams" })
  func convergesAtItsOrder(_ name: String) throws {
    let solver = try StandardSolvers.solver(named: name)
    let counts = counts(order: solver.order)
    let errors = try counts.map { count in
      var options = SolveOptions<[Double]>(relative: 1e-13, absolute: 1e-13)
      options.stepping = .count(count)
      let solution = try solve(
        Curved.field, from: Curved.start, over: [0, 2], with: solver, options: options)
      return Curved.error(solution.final, at: 2)
    }
    let order = slope(counts.map { 2 / Double($0) }, errors)
    // Some methods' leading error is so small that it shows only at steps where rounding does too.
    #expect(
      order > Double(solver.order) - 0.6 && order < Double(solver.order) + 1.5,
      "\(name) converges with order \(order)")
  }

  @Test(arguments: StandardSolvers.names.filter { $0 != "adams" })
  func denseOutputKeepsTheOrder(_ name: String) throws {
    let solver = try StandardSolvers.solver(named: name)
    let counts = counts(order: solver.order)
    let errors = try counts.map { count in
      var options = SolveOptions<[Double]>(relative: 1e-13, absolute: 1e-13)
      options.stepping = .count(count)
      options.keepsDenseOutput = true
      let solution = try solve(
        Curved.field, from: Curved.start, over: [0, 2], with: solver, options: options)
      let dense = try #require(solution.dense)
      return stride(from: 0.0, through: 2, by: 0.01).map { Curved.error(dense($0), at: $0) }.max()
        ?? .nan
    }
    let order = slope(counts.map { 2 / Double($0) }, errors)
    let margin = solver.order >= 8 ? 1.2 : 0.6
    #expect(order > Double(solver.order) - margin, "between steps \(name) has order \(order)")
  }

  /// Step and error of the embedded pair: the error estimate shrinks at least as the order of the
  /// embedded method says.
  @Test(arguments: StandardSolvers.names(estimatingErrorsFrom: 1).filter { $0 != "adams" })
  func tightTolerancesGiveSmallErrors(_ name: String) throws {
    let solver = try StandardSolvers.solver(named: name)
    let tolerance = solver.order <= 2 ? 1e-6 : 1e-9
    var options = SolveOptions<[Double]>(relative: tolerance, absolute: tolerance)
    options.stepping = .adaptive
    let solution = try solve(
      Curved.field, from: Curved.start, over: [0, 0.5, 1.3, 2], with: solver, options: options)
    #expect(solution.outcome == .finished)
    for (time, state) in zip(solution.times, solution.states) {
      #expect(Curved.error(state, at: time) < 500 * tolerance, "\(name) at \(time)")
    }
  }

  /// The variable-order method needs far fewer evaluations than one of low order, and meets its
  /// tolerance.
  @Test(arguments: [1e-4, 1e-6, 1e-8, 1e-10])
  func adamsRaisesItsOrder(_ tolerance: Double) throws {
    let options = SolveOptions<[Double]>(relative: tolerance, absolute: tolerance)
    let times = [0.0, 1, 5, 10]
    let solution = try solve(
      Curved.field, from: Curved.start, over: [0, 1.0, 2, 4], with: Adams(), options: options)
    for (time, state) in zip(solution.times, solution.states) {
      #expect(Curved.error(state, at: time) < 100 * tolerance, "at \(time)")
    }
    let oscillator = ClosureField<[Double]> { _, y in [y[1], -y[0]] }
    let long = try solve(oscillator, from: [0, 1], over: times, with: Adams(), options: options)
    let error = abs(long.final[0] - sin(10))
    #expect(error < 100 * tolerance, "error \(error)")
    let low = try solve(
      oscillator, from: [0, 1], over: times, with: RungeKutta.bosh3, options: options)
    if tolerance < 1e-5 {
      #expect(long.statistics.evaluations < low.statistics.evaluations / 2)
    }
  }

  /// Adams methods keep their order on unequal steps, and across a short last one.
  @Test(arguments: ["explicit_adams", "implicit_adams"])
  func adamsHandlesUnequalSteps(_ name: String) throws {
    let solver = try StandardSolvers.solver(named: name)
    let counts = [80, 113, 160, 226]
    let errors = try counts.map { count in
      var options = SolveOptions<[Double]>(relative: 1e-13, absolute: 1e-13)
      options.stepping = .grid(
        (0...count).map { index in
          let x = Double(index) / Double(count)
          return index == count ? 2 : 2 * (x + 0.1 * sin(2 * Double.pi * x) / 3)
        })
      let solution = try solve(
        Curved.field, from: Curved.start, over: [0, 2], with: solver, options: options)
      return Curved.error(solution.final, at: 2)
    }
    let order = slope(counts.map { 2 / Double($0) }, errors)
    #expect(order > Double(solver.order) - 0.6, "order \(order)")
  }
}
