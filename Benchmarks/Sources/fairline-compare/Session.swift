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
    if settings.names == ["list"] { return list() }
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
    let chosen = try comparisons()
    var measuring = Measuring(shop: Workshop(settings: settings))
    var failures: [String] = []
    for comparison in chosen {
      do {
        for trial in try comparison.trials(measuring.shop) {
          results.add(try measuring.measure(trial, of: comparison.name))
          results.machine = Machine.description
          try results.write(to: file)
        }
      } catch {
        failures.append(comparison.name)
        note("\(comparison.name) is left out: \(error)")
      }
    }
    if !results.records.isEmpty { try Report(results: results).write(to: settings.out) }
    if !failures.isEmpty {
      throw CompareError("not measured to the end: \(failures.joined(separator: ", "))")
    }
  }

  private func comparisons() throws -> [Comparison] {
    if settings.names == ["all"] { return Comparison.all }
    return try settings.names.map { name in
      guard let found = Comparison.all.first(where: { $0.name == name }) else {
        let known = Comparison.all.map(\.name).joined(separator: ", ")
        throw CompareError("no comparison is named '\(name)'; known: \(known)", isUsage: true)
      }
      return found
    }
  }

  private func list() {
    for comparison in Comparison.all {
      let needs =
        comparison.needs.isEmpty ? "" : "; needs \(comparison.needs.joined(separator: ", "))"
      print(
        comparison.name.padding(toLength: 18, withPad: " ", startingAt: 0) + comparison.summary
          + "; about \(Numbers.short(comparison.minutes)) min" + needs)
    }
    let minutes = Comparison.all.reduce(0) { $0 + $1.minutes }
    print("all: about \(Int(minutes)) min with five rounds on two idle cores")
  }
}
