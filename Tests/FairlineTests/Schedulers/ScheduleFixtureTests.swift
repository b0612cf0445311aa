import Fairline
import FairlineTesting
import Testing

/// One traced schedule among the fixtures.
struct ScheduleTrace: Sendable, CustomTestStringConvertible {
  let index: Int
  let name: String
  let trace: JSONValue

  var testDescription: String { "\(index) \(name)" }

  static let all = FixtureFolder.documents("fairseq", holding: "traces").flatMap { document in
    document.list("traces").enumerated().map { index, trace in
      ScheduleTrace(index: index, name: trace["name"]?.stringValue ?? "", trace: trace)
    }
  }

  func numbers(_ key: String) throws -> [Double] {
    trace[key] == nil ? [] : try trace[key].numbers()
  }

  func number(_ key: String) -> Double? { trace[key]?.doubleValue }

  /// The schedule, built through its own flags.
  func scheduler() throws -> any LearningRateScheduler {
    guard case .object(let config)? = trace["config"] else { throw OptionError.missing("config") }
    var arguments: [String] = []
    for (key, value) in config where value != .null {
      if ["lr", "max_update", "maximize_best_checkpoint_metric"].contains(key) { continue }
      arguments.append(
        "--\(key.replacing("_", with: "-"))=\(value.stringValue ?? value.compactText)")
    }
    let selection = try SchedulerRegistry.standardSchedulers().select(name)
    _ = try CommandLineParser(program: "test", drafts: [selection.draft]).parse(arguments)
    return try selection.build(
      SchedulerContext(
        learningRates: try config["lr"].numbers(),
        maxUpdate: config["max_update"]?.integerValue ?? 0,
        maximizesMetric: config["maximize_best_checkpoint_metric"]?.boolValue ?? false))
  }
}

@Suite struct ScheduleFixtureTests {
  func expectClose(_ found: Double, _ expected: Double, _ place: String) {
    #expect(abs(found - expected) <= 1e-9 * max(abs(expected), 1e-9), "\(place)")
  }

  @Test func thereAreTraces() { #expect(!ScheduleTrace.all.isEmpty) }

  @Test(arguments: ScheduleTrace.all)
  func followsTheTrace(_ trace: ScheduleTrace) throws {
    try follow(trace) { _ in }
  }

  @Test(arguments: ScheduleTrace.all)
  func followsTheTraceWhenRestoredAfterEveryCall(_ trace: ScheduleTrace) throws {
    try follow(trace) { scheduler in
      let saved = try scheduler.memory()
      scheduler = try trace.scheduler()
      try scheduler.recall(saved)
    }
  }

  func follow(
    _ trace: ScheduleTrace, _ between: (inout any LearningRateScheduler) throws -> Void
  ) throws {
    var scheduler = try trace.scheduler()
    let first = try #require(trace.number("lr_after_construction"))
    expectClose(scheduler.learningRate, first, "construction")
    let second = try #require(trace.number("lr_after_step_update_0"))
    expectClose(scheduler.update(0), second, "update 0")
    let rates = try trace.numbers("lr_after_update")
    let begins = try trace.numbers("lr_at_epoch_begin")
    let ends = try trace.numbers("lr_after_epoch")
    let losses = try trace.numbers("val_losses")
    let length = try #require(trace.trace["updates_per_epoch"]?.integerValue)
    // Beginnings are not given for schedules that follow the validation, ends for these only.
    #expect(rates.count >= length && (begins.isEmpty != ends.isEmpty))
    for epoch in 1...max(1, (rates.count + length - 1) / length) {
      try between(&scheduler)
      let begun = scheduler.beginEpoch(epoch)
      if !begins.isEmpty {
        expectClose(begun, try #require(begins.dropFirst(epoch - 1).first), "begin of \(epoch)")
      }
      for n in ((epoch - 1) * length + 1)...min(rates.count, epoch * length) {
        try between(&scheduler)
        expectClose(scheduler.update(n), rates[n - 1], "update \(n)")
      }
      try between(&scheduler)
      let ended = scheduler.endEpoch(epoch, validation: losses.dropFirst(epoch - 1).first)
      if !ends.isEmpty {
        expectClose(ended, try #require(ends.dropFirst(epoch - 1).first), "end of \(epoch)")
      }
    }
  }
}
