import Foundation

/// What one call of the program does: measures what was named, and writes the report.
struct Session {
  private let settings: Settings
  private let file: String

  init(_ settings: Settings) {
    self.settings = settings
    file = settings.out + "/results.json"
  }

  func run() throws {
    if settings.names == ["list"] { return Comparison.list() }
    var results = try Results(path: file)
    if settings.names == ["render"] {
      guard !results.records.isEmpty else {
        throw CompareError("\(file) has no measurements: name a comparison to measure")
      }
      return try Report(results: results).write(to: settings.out)
    }
    guard FileManager.default.fileExists(atPath: settings.out + "/peers") else {
      throw CompareError("--out: \(settings.out) has no folder peers: name the folder Benchmarks")
    }
    let chosen = try Choice.of(settings.names)
    var measuring = Measuring(shop: Workshop(settings: settings))
    var (failures, shortfalls): ([String], [String]) = ([], [])
    note("level: \(settings.level.title)")
    for choice in chosen {
      do {
        for trial in try choice.trials(measuring.shop) {
          let record = try measuring.measure(trial, of: choice.comparison.name)
          tell(record, before: results.add(record))
          shortfalls += record.shortfalls
          try results.write(to: file)
        }
      } catch let error as CompareError where error.isUsage {
        throw error
      } catch {
        failures.append(choice.comparison.name)
        note("\(choice.comparison.name) is left out: \(error)")
      }
    }
    if !results.records.isEmpty { try Report(results: results).write(to: settings.out) }
    if !failures.isEmpty {
      throw CompareError("not measured to the end: \(failures.joined(separator: ", "))")
    }
    if !shortfalls.isEmpty {
      throw CompareError("below what is asked for:\n  " + shortfalls.joined(separator: "\n  "))
    }
  }

  /// Tells the ratios, and what they were when the row was measured the last time.
  private func tell(_ record: Record, before: Record?) {
    for row in record.rows {
      let asked = Cells.wanted(record.checks(row))
      let last = before.flatMap { before in
        before.ratio(row).map { "; \(Numbers.fixed($0, 2)) × on \(before.date.prefix(10))" }
      }
      note(
        "  = \(row.title.isEmpty ? record.trial : row.title): \(Cells.ratio(record, row))"
          + (asked.isEmpty ? "" : ", asked \(asked)") + (last ?? ""))
    }
  }
}
