import FairlineODE
import FairlineTensor
import Testing

/// What does not fit the state is refused before anything is read beyond its end.
struct ShapeTests {
  private static let start = [Double](repeating: 0, count: 8)

  private func refusal<Result>(_ body: () throws -> Result) -> String? {
    do {
      _ = try body()
      return nil
    } catch {
      return (error as? ODEError)?.description
    }
  }

  @Test(arguments: StandardSolvers.names) func aShortDerivative(_ name: String) throws {
    let solver = try StandardSolvers.solver(named: name)
    for count in [0, 1, 9] {
      let field = ClosureField<[Double]> { _, y in [Double](repeating: 1, count: count) }
      var options = SolveOptions<[Double]>()
      for stepping in [Stepping.automatic, .count(5)] {
        options.stepping = stepping
        let told = refusal {
          try solve(field, from: Self.start, over: [0, 1], with: solver, options: options)
        }
        #expect(
          told
            == "the field's derivative has \(count) elements and the state 8: give one for each")
      }
    }
  }

  /// A derivative that is short only once is refused wherever that is.
  @Test func aDerivativeThatIsShortLater() throws {
    for late in 1..<14 {
      var calls = 0
      let field = ClosureField<[Double]>(inPlace: { _, y, dy in
        calls += 1
        dy = calls == late ? [1] : y.map { 1 - $0 }
      })
      var options = SolveOptions<[Double]>(relative: 1e-6, absolute: 1e-6)
      options.keepsDenseOutput = true
      let solver = RungeKutta.bosh3
      #expect(throws: ODEError.shapeMismatch(what: "the field's derivative", count: 1, wanted: 8)) {
        try solve(field, from: Self.start, over: [0, 0.2, 1], with: solver, options: options)
      }
    }
  }

  @Test func tensorsTuplesAndBatches() throws {
    let tensor = TensorField { _, y, _, _ in y.reshaped(to: [3, 2]) }
    let told = refusal {
      try solve(tensor, from: TensorState(Tensor.ones([2, 3])), over: [0, 1])
    }
    #expect(
      told == "the shape of the field's derivative does not fit the state's: "
        + "give it the shape of the state")
    let tuple = ClosureField<TupleState<[Double]>> { _, _ in TupleState([[1], [1, 1, 1]]) }
    let pair = [[0.0, 0], [0, 0]]
    #expect(refusal { try solve(tuple, from: TupleState(pair), over: [0, 1]) } != nil)
    let batch = ClosureField<PackedState<Double>> { _, _ in PackedState([[1], [1, 1, 1]]) }
    #expect(refusal { try solve(batch, from: PackedState(pair), over: [0, 1]) } != nil)
  }

  private func field(
    pullback: @escaping DifferentiableClosureField<[Double]>.Pullback
  ) -> DifferentiableClosureField<[Double]> {
    DifferentiableClosureField(inputs: [[1, 1]], { _, y in y }, pullback: pullback)
  }

  @Test func gradientsAndTolerances() throws {
    let modes: [GradientMode] = [.replay(), .backpropagation, .continuousAdjoint()]
    let good = field { v, _, _, gradient in gradient.addToState(v) }
    let short = field { _, _, _, gradient in gradient.state = [1] }
    let inputs = field { _, _, _, gradient in gradient.inputs = [[1]] }
    for mode in modes {
      let result = try solve(good, from: Self.start, over: [0, 1], gradient: mode)
      #expect(refusal { try result.gradients(of: [nil, [1]]) } != nil)
      for broken in [short, inputs] {
        let result = try solve(broken, from: Self.start, over: [0, 1], gradient: mode)
        #expect(refusal { try result.gradients(of: [nil, Self.start]) } != nil)
      }
    }
    var options = SolveOptions<[Double]>()
    options.tolerance.absoluteByElement = [1e-6]
    #expect(
      refusal { try solve(good, from: Self.start, over: [0, 1], options: options) }
        == "the absolute tolerance has 1 elements and the state 8: give one for each")
    options.tolerance.absoluteByElement = nil
    options.events = [Event(gradient: { _, _ in (0, [1]) }) { t, _ in t - 0.5 }]
    let result = try solve(
      good, from: Self.start, over: [0, 1], options: options, gradient: .replay())
    #expect(refusal { try result.gradients(of: [nil, nil], eventTime: 1) } != nil)
  }

  /// Every method takes fixed steps, also one that usually chooses its own.
  @Test(arguments: StandardSolvers.names) func anyMethodTakesFixedSteps(_ name: String) throws {
    var options = SolveOptions<[Double]>()
    options.stepping = .count(50)
    let solution = try solve(
      SafetyTests.growth, from: [1], over: [0, 1], with: StandardSolvers.solver(named: name),
      options: options)
    #expect(solution.outcome == .finished && solution.statistics.accepted == 50)
    #expect(abs(solution.final[0] - 2.718_281_828) < 0.03)
  }
}
