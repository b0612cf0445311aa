import Fairline
import FairlineTesting
import Testing

@Suite struct ScheduleTests {
  func rates(
    _ name: String, _ arguments: [String], lr: [Double] = [1], maxUpdate: Int = 0, at points: [Int]
  ) throws -> [Double] {
    let selection = try SchedulerRegistry.standardSchedulers().select(name)
    _ = try CommandLineParser(program: "test", drafts: [selection.draft]).parse(arguments)
    var scheduler = try selection.build(
      SchedulerContext(learningRates: lr, maxUpdate: maxUpdate))
    return points.map { scheduler.update($0) }
  }

  func expectClose(_ found: [Double], _ expected: [Double]) {
    #expect(found.count == expected.count)
    for (a, b) in zip(found, expected) { #expect(abs(a - b) <= 1e-7 * max(1e-3, abs(b))) }
  }

  @Test func inverseSquareRoot() throws {
    expectClose(
      try rates("inverse_sqrt", [], lr: [5e-4], at: [0, 1, 2000, 4000, 8000, 16000]),
      [0, 1.25e-7, 2.5e-4, 5e-4, 3.5355339e-4, 2.5e-4])
    expectClose(
      try rates("inverse_sqrt", ["--warmup-updates", "0"], lr: [0.1], at: [0, 1, 4]),
      [0.1, 0.1, 0.05])
  }

  @Test func cosine() throws {
    let first = ["--min-lr=.1", "--warmup-updates=10", "--lr-period-updates=100"]
    expectClose(
      try rates("cosine", first, at: [0, 5, 10, 60, 110, 160]), [0.1, 0.55, 1, 0.55, 0.1, 0.055])
    let second = ["--t-mult=2", "--lr-shrink=.5", "--lr-period-updates=100"]
    expectClose(
      try rates("cosine", second, at: [0, 50, 100, 200, 300]), [1, 0.5, 0.5, 0.25, 0.25])
  }

  @Test func polynomialAndTriangular() throws {
    let line = ["--warmup-updates=10", "--total-num-update=110", "--end-learning-rate=.1"]
    expectClose(
      try rates("polynomial_decay", line, at: [0, 5, 10, 60, 109, 110]),
      [0, 0.5, 1, 0.55, 0.109, 0.1])
    let triangle = ["--max-lr=1", "--lr-period-updates=100", "--lr-shrink=.5"]
    expectClose(
      try rates("triangular", triangle, lr: [0.1], at: [0, 25, 50, 100, 150]),
      [0.1, 0.55, 1, 0.1, 0.5])
  }

  @Test func manual() throws {
    let updates = ["--update2lr", "{2-3: 0.1, '5,7-8': 0.05, 10:1e-3}"]
    expectClose(
      try rates("manual", updates, lr: [0.2], at: [0, 1, 2, 4, 5, 6, 9, 10, 99]),
      [0.2, 0.2, 0.1, 0.1, 0.05, 0.05, 0.05, 0.001, 0.001])
    var settings = ManualScheduleSettings()
    settings.epochRates = try #require(RateTable(optionText: "{\"1\": 0.5, 3: 0.25}"))
    var schedule = try ManualSchedule(settings, SchedulerContext(learningRates: [1]))
    #expect(schedule.learningRate == 0.5)
    #expect((1...4).map { schedule.beginEpoch($0) } == [0.5, 0.5, 0.25, 0.25])
    #expect(schedule.update(7) == 0.25)
    let again = try JSONValue(encoding: settings).decoded(as: ManualScheduleSettings.self)
    #expect(again == settings)
    let table = try #require(RateTable(optionText: "{1-9: 0.5, 4: 2, 20: 0.5}"))
    #expect(table.optionText == "{1-3: 0.5, 4: 2, 5-9: 0.5, 20: 0.5}")
    #expect([3, 4, 5, 12, 20].map { table.rate(at: $0) } == [0.5, 2, 0.5, 0.5, 0.5])
    #expect([0, 4, 12].map { table[$0] } == [nil, 2, nil])
    for text in [
      "", "1: 2", "{1}", "{1: x}", "{a: 1}", "{3-1: 1}", "{1: -1}", "{1: 1} x", "{1-2-3: 1}",
    ] {
      #expect(RateTable(optionText: text) == nil, "\(text)")
    }
  }

  @Test(arguments: [
    ("manual", [], [1.0]), ("cosine", [], [1.0]), ("polynomial_decay", [], [1]),
    ("triangular", [], [1]),
    ("tri_stage", [], [1]), ("inverse_sqrt", [], [1, 2]), ("fixed", [], []),
    ("step", ["--min-lr=2"], [1]), ("fixed", ["--warmup-updates=-1"], [1]),
    ("tri_stage", ["--phase-ratio=(0.5,0.2,0.2)"], [1]),
  ])
  func refusesImpossibleSettings(_ name: String, _ arguments: [String], _ lr: [Double]) {
    #expect(throws: OptionError.self) { try rates(name, arguments, lr: lr, at: []) }
  }

  @Test func acceptsTheMisspeltFlag() throws {
    let found = try rates("step", ["--lr-deacy-period=10"], at: [9, 10, 20])
    expectClose(found, [1, 0.5, 0.25])
  }

  @Test func checkpointsOfBeforeGoOn() throws {
    // What every schedule wrote when all shared one record.
    let saved: JSONValue = [
      "learningRate": 0.25, "baseRate": 0.5, "warmupFactor": 0.75, "best": 3, "badEpochs": 2,
      "isWarm": true,
    ]
    let bare: JSONValue = [
      "learningRate": 0.125, "baseRate": nil, "warmupFactor": nil, "best": nil, "badEpochs": nil,
      "isWarm": nil,
    ]
    for name in try SchedulerRegistry.standardSchedulers().names {
      let selection = try SchedulerRegistry.standardSchedulers().select(name)
      let flags = [
        "manual": ["--epoch2lr={1: 0.5}"], "triangular": ["--max-lr=2"],
        "tri_stage": ["--warmup-steps=1", "--hold-steps=9"],
      ]
      _ = try CommandLineParser(program: "test", drafts: [selection.draft]).parse(
        flags[name, default: []])
      var scheduler = try selection.build(
        SchedulerContext(learningRates: [1], maxUpdate: 100))
      try scheduler.recall(saved)
      #expect(scheduler.learningRate == 0.25, "\(name)")
      let memory = try scheduler.memory()
      #expect(memory["learningRate"] == 0.25)
      if name == "fixed" { #expect(memory["warmupFactor"] == 0.75) }
      if name == "reduce_lr_on_plateau" {
        #expect(memory["badEpochs"] == 2 && memory["best"]?.doubleValue == 3)
      }
      try scheduler.recall(bare)
      #expect(scheduler.learningRate == 0.125, "\(name)")
      #expect(message { try scheduler.recall(["x": 1]) }.contains("--reset-lr-scheduler"))
    }
  }
}
