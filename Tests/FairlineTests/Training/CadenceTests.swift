import Fairline
import FairlineTensor
import Testing

@Suite struct CadenceTests {
  private func due(
    _ change: (inout Cadence) -> Void, updates: Int, epoch: Int = 1, ends: Bool = false,
    stops: Bool = false
  ) -> [Bool] {
    var cadence = Cadence()
    change(&cadence)
    let due = cadence.due(updates: updates, epoch: epoch, endsEpoch: ends, stops: stops)
    return [due.validates, due.saves]
  }

  @Test func epochsEnd() {
    #expect(due({ _ in }, updates: 7, ends: true) == [true, true])
    #expect(due({ _ in }, updates: 7) == [false, false])
    #expect(due({ $0.saveInterval = 2 }, updates: 7, ends: true) == [true, false])
    #expect(due({ $0.saveInterval = 2 }, updates: 7, epoch: 4, ends: true) == [true, true])
    #expect(
      due({ $0.validation.validateInterval = 3 }, updates: 7, ends: true) == [false, true])
    #expect(
      due({ $0.validation.disableValidation = true }, updates: 7, ends: true) == [false, true])
  }

  @Test func updatesCount() {
    #expect(due({ $0.saveIntervalUpdates = 5 }, updates: 10) == [true, true])
    #expect(due({ $0.saveIntervalUpdates = 5 }, updates: 11) == [false, false])
    #expect(due({ $0.validation.validateIntervalUpdates = 5 }, updates: 10) == [true, false])
    let late: (inout Cadence) -> Void = {
      $0.saveIntervalUpdates = 5
      $0.validation.validateAfterUpdates = 20
    }
    #expect(due(late, updates: 10) == [false, false])
    #expect(due(late, updates: 20) == [true, true])
    #expect(due(late, updates: 10, ends: true) == [false, true])
  }

  @Test func theEndIsSaved() {
    #expect(due({ _ in }, updates: 7, stops: true) == [true, true])
    #expect(due({ $0.validation.validateInterval = 9 }, updates: 7, stops: true) == [true, true])
  }
}

@Suite struct StatisticsReportTests {
  private func update(_ values: [String: Double]) -> Update {
    var update = Update(
      number: 1, epoch: 1, position: 1, epochUpdates: 9, rate: 0, nextRate: 0)
    for (name, value) in values { update.statistics.record(value, at: name) }
    return update
  }

  @Test func columnsAreAveragesOfMatchingNames() {
    var report = StatisticsReport(columns: [
      "all": .sum(of: "encoder.*.steps"), "each": .mean(of: "*.steps"),
      "most": .maximum(of: "*"), "none": .sum(of: "decoder.*"), "one": .sum(of: "encoder.0.steps"),
    ])
    report.updated(update(["encoder.0.steps": 2, "encoder.1.steps": 4, "other": 9]))
    report.updated(update(["encoder.0.steps": 4, "encoder.1.steps": 8, "encoder.1.steps2": 99]))
    #expect(report.columns.map(\.key) == ["all", "each", "most", "one"])
    #expect(report.columns.map(\.value) == [9, 4.5, 54, 3])
  }

  @Test func validationLeavesNoTrace() {
    var report = StatisticsReport(columns: ["nfe": .sum(of: "*")])
    report.updated(update(["a": 2]))
    var validation = Validation(name: "valid", epoch: 1, updates: 1)
    validation.statistics.record(100, at: "a")
    report.validated(validation)
    #expect(report.columns.map(\.value) == [100])
    report.updated(update(["a": 4]))
    #expect(report.columns.map(\.value) == [3])
    report.epochBegan(EpochDescription(number: 2, updates: 9, done: 0))
    #expect(report.columns.isEmpty)
    report.updated(update(["a": 7]))
    #expect(report.columns.map(\.value) == [7])
  }

  @Test func updatesLeftOutDoNotCount() {
    var report = StatisticsReport(columns: ["nfe": .sum(of: "*")])
    report.updated(update(["a": 2]))
    var failed = update(["a": 1000])
    failed.outcome = .skipped("not finite")
    report.updated(failed)
    #expect(report.columns.map(\.value) == [2])
  }
}
