import FairlineODE
import Testing

/// Events and their gradients of the fixture file, in compatible mode.
@Suite struct EventFixtureTests: FixtureSuite {
  @Test(arguments: FixtureFile.of(.event)) func matches(_ file: FixtureFile) throws {
    try check(file)
  }

  /// An event function of the fixture's kinds.
  private func event<T: Number>(_ json: JSON, _ type: T.Type) -> Event<[T]> {
    let value = T(json["value"]?.number ?? 0)
    let index = json["index"]?.int ?? 0
    switch json["kind"]?.string ?? "" {
    case "component":
      return Event(gradient: { _, y in
        var unit = y.zeros()
        unit[index] = 1
        return (0, unit)
      }) { Double($1[index] - value) + 0 * $0 }
    case "sum":
      return Event(gradient: { _, y in (0, y.map { _ in 1 }) }) {
        Double($1.reduce(0, +) - value) + 0 * $0
      }
    case "radius2":
      return Event(gradient: { _, y in (0, y.map { 2 * $0 }) }) {
        Double($1.reduce(0) { $0 + $1 * $1 } - value) + 0 * $0
      }
    case "time":
      return Event(gradient: { _, y in (1, y.zeros()) }) { t, _ in t - Double(value) }
    case let kind: preconditionFailure("unknown event kind '\(kind)'")
    }
  }

  func check<T: Number>(_ json: JSON, _ type: T.Type, _ tally: inout Tally) throws {
    let name = json.testDescription
    let problem: any Problem<T> = makeProblem(try #require(json["problem"]))
    var options = try json.solveOptions(type)
    options.events = json.list("events").map { event($0, type) }
    let start = json.data("y0").map { T($0) }
    let end = json["reverse"]?.bool == true ? -Double.infinity : .infinity
    let mode: GradientMode =
      json["mode"]?.string == "adjoint" ? .continuousAdjoint(AdjointOptions(norm: .all)) : .replay()
    let result = try solve(
      ProblemField(problem), from: start, over: [json["t0"]?.number ?? 0, end],
      with: json.solver(), options: options, gradient: mode)
    let solution = result.solution
    guard let event = solution.event else {
      return tally.fail(name, "no event: \(solution.outcome)")
    }
    let (tolT, tolY) = (json["tol_t"]?.number ?? 0, json["tol_y"]?.number ?? 0)
    tally.expectClose([event.time], [json["event_t"]?.number ?? .nan], tolT, name, "event time")
    tally.expectClose(
      event.state.map { Double($0) }, json.data("event_y"), tolY, name, "event state")
    if let wanted = json["nfe"]?.int {
      let slack = json["nfe_exact"]?.bool == false ? max(1, wanted / 10) : 0
      let got = solution.statistics.evaluations
      tally.expect(abs(got - wanted) <= slack, name, "nfe is \(got), not \(wanted)")
    }
    if json["mode"] != nil { try checkGradients(json, result, problem, &tally) }
  }

  private func checkGradients<T: Number>(
    _ json: JSON, _ result: DifferentiableSolution<ProblemField<T>>, _ problem: any Problem<T>,
    _ tally: inout Tally
  ) throws {
    let weights = json.data("loss_weights").map { T($0) }
    let byTime = try result.gradients(of: [nil, nil], eventTime: 1)
    let byState = try result.gradients(of: [nil, weights])
    let relative = json["tol_grad_rel"]?.number ?? 0
    for (key, gradients) in [("grad_event_t", byTime), ("grad_loss", byState)] {
      let golden = try #require(json[key])
      #expect(golden["y0"] != nil)
      for part in golden.keys {
        let index = problem.names.firstIndex(of: part)
        let value =
          part == "y0"
          ? gradients.initialState
          : gradients.inputs[try #require(index, "\(json.testDescription): unknown part '\(part)'")]
        let wanted = golden.data(part)
        let size = wanted.map(abs).max() ?? 0
        tally.expectClose(
          value.map { Double($0) }, wanted, relative * max(size, 1e-3), json.testDescription,
          "\(key) by \(part)")
      }
    }
  }
}
