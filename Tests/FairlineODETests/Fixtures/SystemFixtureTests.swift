import FairlineODE
import Testing

/// Tuples of states, batches, and solves that fail, of fixture files.
@Suite struct SystemFixtureTests {
  @Test(arguments: FixtureFile.of(.tuple)) func tuples(_ file: FixtureFile) throws {
    var tally = Tally()
    for json in file.cases {
      tally.begin()
      try checkTuple(json, &tally)
    }
    tally.report(file)
  }

  private func checkTuple(_ json: JSON, _ tally: inout Tally) throws {
    let name = json.testDescription
    let fields = json.list("problems").map { ProblemField<Double>($0) }
    let start = TupleState(json.list("y0").map(\.data))
    var options = SolveOptions<TupleState<[Double]>>(
      relative: json["rtol"]?.number ?? 0, absolute: json["atol"]?.number ?? 0)
    if let own = json["options"] { try options.apply(own) }
    options.conventions = .torchdiffeq
    options.norm =
      json["norm"]?.string == "first" ? .parts { $0[0].rootMeanSquare } : .largestPart
    let solution = try solve(
      TupleField(fields), from: start, over: json.times, with: json.solver(), options: options)
    for (index, wanted) in json.list("y").enumerated() {
      tally.expectClose(
        solution.states.flatMap { $0.members[index] }, wanted.data, json["tol"]?.number ?? 0, name,
        "part \(index)")
    }
    tally.expect(
      solution.statistics.evaluations == json["nfe"]?.int, name,
      "nfe is \(solution.statistics.evaluations)")
  }

  @Test(arguments: FixtureFile.of(.batch)) func batches(_ file: FixtureFile) throws {
    var tally = Tally()
    for json in file.cases {
      tally.begin()
      try checkBatch(json, isPerSequence: true, &tally)
      try checkBatch(json, isPerSequence: false, &tally)
    }
    tally.report(file)
  }

  /// Solves the rows with steps of their own, or as one system.
  private func checkBatch(_ json: JSON, isPerSequence: Bool, _ tally: inout Tally) throws {
    let name = json.testDescription
    let shape = try #require(json["y0"]).shape
    let data = json.data("y0")
    let width = shape.dropFirst().reduce(1, *)
    let start = PackedState((0..<shape[0]).map { Array(data[$0 * width..<($0 + 1) * width]) })
    var options = SolveOptions<PackedState<Double>>(
      relative: json["rtol"]?.number ?? 0, absolute: json["atol"]?.number ?? 0)
    if let own = json["options"] { try options.apply(own) }
    options.conventions = .torchdiffeq
    options.stepping = isPerSequence ? .perSequence : .adaptive
    let problem: any Problem<Double> = makeProblem(try #require(json["problem"]))
    let solution = try solve(
      BatchField(problem), from: start, over: json.times, with: json.solver(), options: options)
    guard isPerSequence else {
      let joint = try #require(json["joint"])
      check(
        solution.states.flatMap(\.elements), solution.statistics, joint, name + " joint", &tally)
      return
    }
    for (row, wanted) in json.list("separate").enumerated() {
      let states = solution.states.flatMap { Array($0[row]) }
      check(states, solution.sequences[row].statistics, wanted, "\(name) row \(row)", &tally)
    }
    // Rows that have finished take no part: the field is called as often as the longest row needs.
    let most = solution.sequences.map(\.statistics.evaluations).max()
    tally.expect(solution.statistics.evaluations == most, name, "finished rows are evaluated")
  }

  private func check(
    _ states: [Double], _ statistics: SolveStatistics, _ wanted: JSON, _ name: String,
    _ tally: inout Tally
  ) {
    tally.expectClose(states, wanted.data("y"), wanted["tol"]?.number ?? 0, name, "y")
    let isExact = wanted["nfe_exact"]?.bool ?? true
    let pairs = [
      ("nfe", statistics.evaluations), ("accepted", statistics.accepted),
      ("rejected", statistics.rejected),
    ]
    for (key, got) in pairs {
      guard let count = wanted[key]?.int else { continue }
      tally.expect(
        abs(got - count) <= (isExact ? 0 : max(2, count / 10)), name,
        "\(key) is \(got), not \(count)")
    }
  }

  @Test(arguments: FixtureFile.of(.failure)) func failures(_ file: FixtureFile) throws {
    var tally = Tally()
    for json in file.cases {
      tally.begin()
      try checkFailure(json, &tally)
    }
    tally.report(file)
  }

  private func checkFailure(_ json: JSON, _ tally: inout Tally) throws {
    let name = json.testDescription
    let wanted = json["outcome"]?.string ?? ""
    let problem: any Problem<Double> = makeProblem(try #require(json["problem"]))
    let got: String
    do {
      let solution = try solve(
        ProblemField(problem), from: json.data("y0"), over: json.times, with: json.solver(),
        options: try json.solveOptions(Double.self))
      got = outcomeName(solution.outcome)
      let calls = solution.statistics.evaluations
      let count = json["nfe"]?.int ?? 0
      tally.expect(abs(calls - count) <= count / 50, name, "nfe is \(calls), not \(count)")
      if let reached = json["t_reached"]?.number {
        let last = solution.statistics.steps.last?.time ?? .nan
        tally.expectClose([last], [reached], 1e-6, name, "start of the last attempt")
      }
    } catch ODEError.timesNotMonotone {
      got = "bad_times"
    } catch ODEError.repeatedForcedTime {
      got = "repeated_step_jump"
    } catch ODEError.conflictingSteps {
      got = "options_conflict"
    }
    tally.expect(got == wanted, name, "the outcome is \(got), not \(wanted)")
  }

  private func outcomeName(_ outcome: Outcome) -> String {
    switch outcome {
    case .finished, .event, .stopped: "ok"
    case .stepLimit, .evaluationLimit: "max_num_steps"
    case .stepTooSmall: "dt_underflow"
    case .notFinite: "nonfinite_state"
    }
  }
}
