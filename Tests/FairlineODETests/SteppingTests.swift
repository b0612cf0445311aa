import FairlineODE
import Foundation
import Testing

/// What the standard mode does differently from a compatible one, and what both share.
struct SteppingTests {
  static var oscillator: ClosureField<[Double]> {
    ClosureField<[Double]> { _, y in [y[1], -y[0]] }
  }

  @Test(arguments: ["dopri5", "bosh3", "tsit5", "dopri8", "adaptive_heun", "fehlberg2", "adams"])
  func theFieldIsNeverCalledOutside(_ name: String) throws {
    let solver = try StandardSolvers.solver(named: name)
    for times in [[0.0, 0.3, 2], [2, 1.1, 0]] {
      let solution = try solve(Self.oscillator, from: [0, 1], over: times, with: solver)
      let range = try #require(solution.statistics.timeRange)
      #expect(range.lowerBound >= 0 && range.upperBound <= 2, "\(range)")
      #expect(solution.reached == times[2] && solution.outcome == .finished)
    }
  }

  /// Clipping the last step costs nothing and gains precision.
  @Test func clippingBeatsInterpolation() throws {
    var compatible = SolveOptions<[Double]>(relative: 1e-6, absolute: 1e-6)
    compatible.conventions = .torchdiffeq
    let clipped = SolveOptions<[Double]>(relative: 1e-6, absolute: 1e-6)
    let field = ClosureField<[Double]> { _, y in [y[0]] }
    let old = try solve(
      field, from: [1], over: [0, 2], with: RungeKutta.dopri8, options: compatible)
    let new = try solve(field, from: [1], over: [0, 2], with: RungeKutta.dopri8, options: clipped)
    #expect(new.statistics.evaluations == old.statistics.evaluations)
    #expect(abs(new.final[0] - exp(2)) < abs(old.final[0] - exp(2)) / 100)
  }

  @Test func forwardsAndBackwardsMeet() throws {
    let options = SolveOptions<[Double]>(relative: 1e-10, absolute: 1e-10)
    let there = try solve(Curved.field, from: Curved.start, over: [0, 2], options: options)
    let back = try solve(Curved.field, from: there.final, over: [2, 1, 0], options: options)
    #expect(Curved.error(back.final, at: 0) < 1e-8)
    #expect(Curved.error(back.states[1], at: 1) < 1e-8)
  }

  @Test func oneTimeReturnsTheState() throws {
    for name in StandardSolvers.names {
      let solver = try StandardSolvers.solver(named: name)
      let solution = try solve(Self.oscillator, from: [0.25, 1], over: [3], with: solver)
      #expect(solution.states == [[0.25, 1]] && solution.outcome == .finished)
      #expect(solution.statistics.evaluations == 0)
    }
  }

  /// A jump that is known costs less than one that the error control has to find.
  @Test func knownJumpsAreCheap() throws {
    let field = ClosureField<[Double]> { t, y in [t < 0.5 ? -0.5 * y[0] : y[0] * y[0]] }
    var options = SolveOptions<[Double]>(relative: 1e-8, absolute: 1e-8)
    let blind = try solve(field, from: [1], over: [0, 1], options: options)
    options.jumpTimes = [0.5]
    let warned = try solve(field, from: [1], over: [0, 1], options: options)
    let half = exp(-0.25)
    let exact = half / (1 - 0.5 * half)
    #expect(abs(warned.final[0] - exact) < 1e-7)
    #expect(warned.statistics.evaluations < blind.statistics.evaluations)
    options.keepsSteps = true
    options.stepTimes = [0.25, 0.75]
    let steps = try solve(field, from: [1], over: [0, 1], options: options).statistics.steps
    let ends = Set(steps.filter(\.wasAccepted).map { $0.time + $0.length })
    #expect(ends.isSuperset(of: [0.25, 0.5, 0.75, 1]))
  }

  @Test func minAndMaxStepHold() throws {
    var options = SolveOptions<[Double]>(relative: 1e-9, absolute: 1e-9)
    options.minStep = 0.2
    options.maxStep = 0.3
    let statistics = try solve(Self.oscillator, from: [0, 1], over: [0, 3], options: options)
      .statistics
    #expect(statistics.longestStep <= 0.3 + 1e-12 && statistics.rejected == 0)
    #expect(statistics.accepted <= 15)
  }

  @Test func controllersMeetTheTolerance() throws {
    for controller in [
      StepController.elementary, .proportionalIntegral, .proportionalIntegralDerivative,
    ] {
      var options = SolveOptions<[Double]>(relative: 1e-7, absolute: 1e-7)
      options.controller = controller
      let solution = try solve(Curved.field, from: Curved.start, over: [0, 2], options: options)
      #expect(Curved.error(solution.final, at: 2) < 1e-5)
      #expect(solution.statistics.largestError <= 1)
    }
  }

  /// Where stability limits the step, the proportional term spares rejections.
  @Test func proportionalTermSparesRejections() throws {
    let field = ClosureField<[Double]> { t, y in [-200 * (y[0] - cos(t))] }
    var options = SolveOptions<[Double]>(relative: 1e-4, absolute: 1e-4)
    let plain = try solve(field, from: [1], over: [0, 3], options: options).statistics
    options.controller = .proportionalIntegral
    let smooth = try solve(field, from: [1], over: [0, 3], options: options).statistics
    #expect(smooth.rejected < plain.rejected)
  }

  @Test func normsAndElementTolerances() throws {
    var options = SolveOptions<[Double]>(relative: 1e-6, absolute: 1e-6)
    let usual = try solve(Self.oscillator, from: [0, 1], over: [0, 5], options: options).statistics
    options.norm = .custom { error in 10 * (error.dot(error) / 2).squareRoot() }
    let strict = try solve(Self.oscillator, from: [0, 1], over: [0, 5], options: options).statistics
    #expect(strict.evaluations > usual.evaluations)
    options.norm = .rootMeanSquare
    options.tolerance.relativeByElement = [1e-6, 1e-6]
    options.tolerance.absoluteByElement = [1e-6, 1e-6]
    let byElement = try solve(Self.oscillator, from: [0, 1], over: [0, 5], options: options)
    #expect(byElement.statistics.evaluations == usual.evaluations)
  }

  @Test func observersSeeAndStop() throws {
    var (tried, accepted, rejected) = (0, 0, 0)
    var options = SolveOptions<[Double]>(relative: 1e-6, absolute: 1e-6)
    options.firstStep = 3
    options.observer.onStep = { _ in tried += 1 }
    options.observer.onAccept = { _ in
      accepted += 1
      return accepted == 3 ? .stop : .proceed
    }
    options.observer.onReject = { _ in rejected += 1 }
    let solution = try solve(Self.oscillator, from: [0, 1], over: [0, 50], options: options)
    #expect(solution.outcome == .stopped && accepted == 3 && rejected > 0)
    #expect(tried == accepted + rejected)
    #expect(solution.statistics.accepted == accepted && solution.statistics.rejected == rejected)
    #expect(solution.reached < 50)
  }

  @Test func singlePrecisionFollowsDouble() throws {
    let single = ClosureField<[Float]> { _, y in [y[1], -y[0]] }
    let options = SolveOptions<[Float]>(relative: 1e-5, absolute: 1e-5)
    for name in StandardSolvers.names {
      let solver = try StandardSolvers.solver(named: name)
      var own = options
      if !solver.isAdaptive { own.stepping = .count(400) }
      let solution = try solve(single, from: [0, 1], over: [0, 2], with: solver, options: own)
      // Fehlberg's error estimate is known to be optimistic.
      let tolerance: Float = solver.order == 1 || name == "fehlberg2" ? 2e-2 : 1e-3
      #expect(abs(solution.final[0] - Float(sin(2.0))) < tolerance, "\(name)")
    }
  }

  @Test func anOutsidePackageAddsASolver() throws {
    let nystrom = RungeKutta(
      name: "nystrom3", summary: "Nyström's method, order 3", order: 3,
      tableau: ButcherTableau(
        nodes: [2 / 3, 2 / 3], rows: [[2 / 3], [0, 2 / 3]], weights: [1 / 4, 3 / 8, 3 / 8]),
      interpolation: .quadratic)
    var options = SolveOptions<[Double]>()
    options.stepping = .count(50)
    let solution = try solve(
      Curved.field, from: Curved.start, over: [0, 2], with: nystrom, options: options)
    #expect(Curved.error(solution.final, at: 2) < 1e-4)
  }

  /// All tables satisfy the simplest conditions: rows add up to nodes, weights to one, error
  /// weights to zero.
  @Test func tablesAreConsistent() {
    let tables: [RungeKutta] = [
      .euler, .midpoint, .heun2, .heun3, .ralston, .rk4, .rk4Classic, .bosh3, .adaptiveHeun,
      .fehlberg2, .dopri5, .tsit5, .dopri8,
    ]
    for method in tables {
      let tableau = method.tableau
      for (node, row) in zip(tableau.nodes.dropFirst(), tableau.rows) {
        #expect(abs(row.reduce(0, +) - node) < 1e-13, "\(method.name)")
      }
      #expect(abs(tableau.weights.reduce(0, +) - 1) < 1e-13, "\(method.name)")
      #expect(!method.isAdaptive || tableau.errorWeights != nil, "\(method.name)")
      if let weights = tableau.errorWeights {
        #expect(abs(weights.reduce(0, +)) < 1e-13, "\(method.name)")
      }
    }
  }

  /// Terms that are added up in runs round as the runs do, in states and in their measures.
  @Test func runsFixTheOrderOfSums() {
    let terms: [[Float]] = [[1e8], [1], [-1e8], [1]]
    let tolerance = Tolerance<[Float]>(relative: 0, absolute: 1)
    for (runs, wanted) in [([1, 1, 1, 1], Float(1)), ([2, 2], 0), ([1, 3], 0)] {
      let sum = LinearSum(
        terms: terms, picks: [0, 1, 2, 3], weights: [1, 1, 1, 1], scale: [1], runs: runs)
      var result: [Float] = [0]
      result.assign(sum)
      #expect(result == [wanted], "\(runs)")
      var measures: [Measure] = []
      result.measure(sum, second: result, tolerance: tolerance, into: &measures)
      #expect(measures.map(\.maximum) == [Double(wanted)], "\(runs)")
    }
    var result: [Float] = [0]
    result.assign(
      LinearSum(
        base: [3], terms: terms, picks: [2, 0, 1, 3], weights: [1, 1, 0, 1], scale: [2],
        runs: [2, 2]))
    #expect(result == [5])
  }
}
