import FairlineODE
import Testing

/// Solutions, counts and step sequences of fixture files, in compatible mode.
@Suite struct SolutionFixtureTests: FixtureSuite {
  @Test(arguments: FixtureFile.of(.solution)) func matches(_ file: FixtureFile) throws {
    try check(file)
  }

  func check<T: Number>(_ json: JSON, _ type: T.Type, _ tally: inout Tally) throws {
    let name = json.testDescription
    let problem: any Problem<T> = makeProblem(try #require(json["problem"]))
    let options = try json.solveOptions(type)
    let start = json.data("y0").map { T($0) }
    let (times, solver) = (json.times, try json.solver())
    let solution = try solve(
      ProblemField(problem), from: start, over: times, with: solver, options: options)
    let tolerance = json["tol"]?.number ?? 0
    tally.expectClose(
      solution.states.flatMap { $0.map { Double($0) } }, json.data("y"), tolerance, name, "y"
    )
    tally.expect(solution.outcome == .finished, name, "\(solution.outcome)")
    try checkCounts(solution.statistics, json, &tally) {
      try CountSpread(solution.statistics, problem) { field in
        try solve(field, from: start, over: times, with: solver, options: options).statistics
      }
    }
    checkSteps(solution.statistics, json, type, &tally)
  }

  /// Counts are exact where the fixture says so.
  ///
  /// Elsewhere rounding decides about steps. A tenth of the evaluations or of the attempted steps
  /// may differ, or one attempt, or as much as noise of rounding size makes of the solve: which of
  /// these counts a computer takes depends on how it rounds sums.
  private func checkCounts(
    _ statistics: SolveStatistics, _ json: JSON, _ tally: inout Tally,
    spread: () throws -> CountSpread
  ) rethrows {
    let name = json.testDescription
    let isExact = json["nfe_exact"]?.bool ?? true
    let own = Counts(statistics)
    let attempts = (json["accepted"]?.int ?? 0) + (json["rejected"]?.int ?? 0)
    for key in ["nfe", "accepted", "rejected"] {
      guard let wanted = json[key]?.int, let got = own[key] else { continue }
      if key != "nfe" && statistics.firstStep == nil { continue }
      let (step, all) = key == "nfe" ? (13, wanted) : (2, attempts)
      if abs(got - wanted) <= (isExact ? 0 : max(step, all / 10)) { continue }
      let range = isExact ? got...got : try spread().range(key)
      tally.expect(
        range.contains(wanted), name,
        "\(key) is \(got), under noise \(range), not \(wanted)")
    }
    if let wanted = json["nonconverged_steps"]?.int {
      tally.expect(
        statistics.unconverged == wanted, name,
        "\(statistics.unconverged) unconverged steps, not \(wanted)")
    }
  }

  /// How closely step sizes can be matched: the error that dopri8 estimates at these tolerances is
  /// hardly more than the field's rounding.
  private func stepPrecision<T: Number>(_ json: JSON, _ type: T.Type) -> Double {
    let isSingle = T.self == Float.self
    if json["method"]?.string == "dopri8" { return isSingle ? 0.25 : 0.1 }
    return isSingle ? 0.05 : 1e-5
  }

  private func checkSteps<T: Number>(
    _ statistics: SolveStatistics, _ json: JSON, _ type: T.Type, _ tally: inout Tally
  ) {
    let name = json.testDescription
    let precision = stepPrecision(json, type)
    if let wanted = json["first_step"]?.number, let got = statistics.firstStep {
      tally.expect(
        abs(got - wanted) <= (T.self == Float.self ? 1e-3 : 1e-7) * wanted, name,
        "the first step is \(got), not \(wanted)")
    }
    if let range = json["t_seen"]?.numbers, let got = statistics.timeRange,
      json["nfe_exact"]?.bool == true
    {
      tally.expectClose(
        [got.lowerBound, got.upperBound], range, precision * max(1, abs(range[1])), name,
        "t_seen")
    }
    if json["nfe_exact"]?.bool != true || json["steps"] == nil { return }
    let steps = json.list("steps").map(\.numbers)
    tally.expect(
      steps.count == statistics.steps.count, name, "\(statistics.steps.count) steps are tried")
    for (got, wanted) in zip(statistics.steps, steps) {
      tally.expect(got.wasAccepted == (wanted[2] == 1), name, "another step is accepted")
      tally.expect(
        abs(got.length - wanted[1]) <= precision * wanted[1], name,
        "a step is \(got.length), not \(wanted[1])")
    }
  }
}
