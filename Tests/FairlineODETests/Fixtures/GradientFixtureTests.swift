import FairlineODE
import Testing

/// Gradients of fixture files, in compatible mode.
@Suite struct GradientFixtureTests: FixtureSuite {
  @Test(arguments: FixtureFile.of(.gradient)) func matches(_ file: FixtureFile) throws {
    try check(file)
  }

  /// Every way to the exact gradient of the computed solution agrees with every other.
  @Test func directModesAgree() throws {
    let cases = FixtureFile.of(.gradient).flatMap(\.cases).filter {
      $0["mode"]?.string != "adjoint" && $0["dtype"]?.string == "float64"
    }
    #expect(!cases.isEmpty)
    for json in cases {
      let replay = try gradients(json, Double.self, .replay()).1
      let few = try gradients(json, Double.self, .replay(checkpoints: 2)).1
      let kept = try gradients(json, Double.self, .backpropagation).1
      let name = json.testDescription
      #expect(replay.initialState == few.initialState && replay.inputs == few.inputs, "\(name)")
      #expect(replay.initialState == kept.initialState && replay.inputs == kept.inputs, "\(name)")
      #expect(replay.times == few.times && replay.times == kept.times, "\(name)")
    }
  }

  private func gradients<T: Number>(
    _ json: JSON, _ type: T.Type, _ mode: GradientMode
  ) throws -> (Solution<[T]>, SolveGradients<[T]>) {
    let problem: any Problem<T> = makeProblem(try #require(json["problem"]))
    let times = json.times
    let start = json.data("y0").map { T($0) }
    let result = try solve(
      ProblemField(problem), from: start, over: times, with: json.solver(),
      options: try json.solveOptions(type), gradient: mode)
    let weights = json.data("loss_weights")
    let cotangents = times.indices.map { index in
      weights[index * start.count..<(index + 1) * start.count].map { T($0) }
    }
    let wantsTimes = json["t_grad"]?.bool ?? false
    return (result.solution, try result.gradients(of: cotangents, wantsTimes: wantsTimes))
  }

  private func mode(_ json: JSON) throws -> GradientMode {
    guard json["mode"]?.string == "adjoint" else { return .replay() }
    let adjoint = json["adjoint"]
    var options = AdjointOptions(norm: .all)
    options.relative = adjoint?["adjoint_rtol"]?.number
    options.absolute = adjoint?["adjoint_atol"]?.number
    if let name = adjoint?["adjoint_method"]?.string {
      options.solver = try StandardSolvers.solver(named: name)
    }
    if adjoint?["norm"]?.string == "seminorm" { options.norm = .seminorm }
    return .continuousAdjoint(options)
  }

  func check<T: Number>(_ json: JSON, _ type: T.Type, _ tally: inout Tally) throws {
    let name = json.testDescription
    let (solution, gradients) = try gradients(json, type, mode(json))
    let problem: any Problem<T> = makeProblem(try #require(json["problem"]))
    let grads = try #require(json["grads"])
    #expect(grads["y0"] != nil)
    for key in grads.keys {
      let got: [Double]
      switch key {
      case "y0": got = gradients.initialState.map { Double($0) }
      case "t": got = gradients.times
      default:
        let index = try #require(
          problem.names.firstIndex(of: key), "\(name): unknown part '\(key)'")
        got = gradients.inputs[index].map { Double($0) }
      }
      let tolerance = 3 * (json["tol"]?[key]?.number ?? 0)
      tally.expectClose(got, grads.data(key), tolerance, name, "grad \(key)")
    }
    let isExact = json["nfe_exact"]?.bool ?? true
    func count(_ key: String, _ got: Int) throws {
      let wanted = try #require(json[key], "\(name) has no \(key)").int
      tally.expect(
        abs(got - wanted) <= (isExact ? 0 : wanted / 10), name, "\(key) is \(got), not \(wanted)")
    }
    try count("nfe_forward", solution.statistics.evaluations)
    if json["mode"]?.string == "adjoint" {
      try count("nfe_backward", gradients.statistics.evaluations)
    }
    if json["accepted_backward"] != nil {
      try count("accepted_backward", gradients.statistics.accepted)
      try count("rejected_backward", gradients.statistics.rejected)
    }
  }
}
