import Fairline
import FairlinePrograms
import FairlineTensor
import Foundation

/// A study under way: trains what is not trained yet, measures it, and writes the report after each
/// row.
struct Study {
  private let settings: StudySettings
  private let plan: StudyPlan
  private let folder: ResultFolder
  private let sink: LogSink
  private let signals: SignalWatch
  private var estimate: CostEstimate

  /// Opens data and folder.
  ///
  /// - Throws: ``UserError`` when the data are not there or the folder belongs to another study.
  init(_ settings: StudySettings, _ signals: SignalWatch) throws {
    Parallel.setThreadCount(settings.threads)
    self.settings = settings
    self.signals = signals
    sink = try LogSink()
    plan = try StudyPlan(settings, try StudyData(settings, seed: settings.firstSeed))
    folder = ResultFolder(settings.folder)
    estimate = CostEstimate(plan)
    if !settings.reportOnly { try folder.prepare(for: plan) }
  }

  private var seeds: [Int] { (0..<settings.seeds).map { settings.firstSeed + $0 } }

  /// Trains and measures all rows, one after the other.
  mutating func run() throws {
    let begun = Seconds.now()
    let rows = try settings.chosenRows()
    let tasks = seeds.flatMap { seed in rows.map { (row: $0, seed: seed) } }
    if !settings.reportOnly {
      sink.write(
        "\(rows.count) rows, \(plan.updates) updates each, \(plan.adaptiveUpdates) with adaptive "
          + "steps; results go to \(settings.folder)")
      for (index, task) in tasks.enumerated() {
        if try known(task.row, seed: task.seed) { continue }
        let behind = try tasks[(index + 1)...].filter { try !isKnown($0.row, seed: $0.seed) }
        try train(
          task.row, seed: task.seed, place: "[\(index + 1)/\(tasks.count)]",
          behind: behind.map(\.row))
        try report()
      }
    }
    try report()
    sink.write(
      "wrote \(folder.join("report.html")) and \(folder.join("report.md")) after "
        + "\(Wording.duration(Seconds.now() - begun))")
  }

  private func isKnown(_ row: StudyRow, seed: Int) throws -> Bool {
    try folder.result(row.name, seed: seed) != nil
  }

  /// Whether a row was trained before; the time it took tells the speed.
  private mutating func known(_ row: StudyRow, seed: Int) throws -> Bool {
    guard let result = try folder.result(row.name, seed: seed) else { return false }
    estimate.add(row, updates: result.updates, seconds: result.seconds)
    sink.write("\(row.name): trained before")
    return true
  }

  private mutating func train(
    _ row: StudyRow, seed: Int, place: String, behind: [StudyRow]
  ) throws {
    func about(_ rows: [StudyRow], _ what: String) -> String {
      estimate.seconds(rows).map { ", about \(Wording.duration($0))\(what)" } ?? ""
    }
    let times = about([row], "") + about([row] + behind, " for all that is left")
    let name = settings.seeds > 1 ? "\(row.title) (seed \(seed))" : row.title
    sink.write("\(place) \(name): \(row.summary)\(times)")
    let training = RowTraining(
      row: row, seed: seed, plan: plan, settings: settings,
      folder: folder.trainingFolder(row.name, seed: seed))
    var result = RowResult(name: row.name, seed: seed)
    do {
      let outcome = try training.run(signals, sink)
      result.curves = outcome.curves
      result.parameters = outcome.parameters
      result.memory = outcome.memory
      estimate.add(row, updates: result.updates, seconds: result.seconds)
      try measure(&result, row, training, outcome.data)
    } catch let error as Diverged {
      sink.clear()
      sink.write("  \(row.name) broke off: \(error.reason)")
      result.failure = "broke off: numbers were no longer finite"
    }
    try folder.save(result)
  }

  private mutating func measure(
    _ result: inout RowResult, _ row: StudyRow, _ training: RowTraining, _ data: StudyData
  ) throws {
    let begun = Seconds.now()
    let measurement = RowMeasurement(
      row: row, plan: plan, settings: settings, modelPath: training.modelPath, data: data)
    sink.write("  \(row.name): trained in \(Wording.duration(result.seconds)), now measuring")
    result.audit = try measurement.audit()
    result.translation = try measurement.translate(signals)
    let seconds = Seconds.now() - begun
    estimate.add(measuring: seconds)
    let bits = result.bits.map { "\(NumberText.fixed($0, 3)) bits" } ?? "no validation"
    let score = result.translation.map { ", BLEU \(NumberText.fixed($0.bleu, 1))" } ?? ""
    sink.write("  \(row.name): \(bits)\(score), measured in \(Wording.duration(seconds))")
  }

  /// Writes the report of all that is known.
  private func report() throws {
    let results = try StudyResults(folder, plan: try folder.plan() ?? plan, seeds: seeds)
    guard !results.trainedRows.isEmpty else {
      throw UserError(
        "\(settings.folder) holds no trained rows to report: leave out --report-only, or name "
          + "another --out")
    }
    let markdown = MarkdownReport(results)
    for (name, svg) in markdown.pictures { try folder.write(svg, as: name) }
    try folder.write(markdown.text, as: "report.md")
    try folder.write(HTMLReport(results).text, as: "report.html")
  }
}
