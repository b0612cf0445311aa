import Foundation

/// The report: tables in RESULTS.md and pictures, from what was measured.
struct Report {
  private let levels: [LevelReport]
  private let results: Results
  private static let (begin, end) = (
    "<!-- fairline-compare writes from here -->", "<!-- to here -->"
  )

  init(results: Results) {
    self.results = results
    levels = Level.allCases.map { LevelReport(level: $0, results: results.at($0)) }
      .filter { !$0.results.records.isEmpty }
  }

  /// Writes RESULTS.md and the pictures into a folder; what stands in RESULTS.md outside the marks
  /// stays.
  func write(to folder: String) throws {
    let pictures = folder + "/pictures"
    try FileManager.default.createDirectory(atPath: pictures, withIntermediateDirectories: true)
    for level in levels { try level.writePictures(to: pictures) }
    let path = folder + "/RESULTS.md"
    let old = (try? String(contentsOfFile: path, encoding: .utf8)) ?? "# Results\n"
    try Self.replaced(in: old, with: text).write(
      toFile: path, atomically: true, encoding: .utf8)
  }

  /// The file with the part between the marks exchanged; the marks follow the heading when there
  /// are none.
  private static func replaced(in file: String, with text: String) -> String {
    let block = "\(begin)\n\n\(text)\n\(end)"
    if let first = file.range(of: begin), let last = file.range(of: end),
      first.lowerBound < last.lowerBound
    {
      return file[..<first.lowerBound] + block + file[last.upperBound...]
    }
    let lines = file.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
    return "\(lines.first ?? "# Results")\n\n\(block)\n" + (lines.count > 1 ? lines[1] : "")
  }

  private var text: String {
    let introduction = Lines.of(
      "Medians of the rounds, in which Fairline and its peers run by turns, each in a fresh "
        + "process; the range of the rounds in parentheses. A ratio above 1 means that Fairline is "
        + "better than the best of its peers. *Wanted* is what is asked of a row, and whether it "
        + "is reached. *Peak* and *products* are an update's matrix products by what the machine "
        + "can do; *alone* is their share of the peak while they run.")
    let names = Section.names.flatMap(Lines.item)
    return
      (introduction + ["", "Names of rows:", ""] + names + levels.flatMap(\.lines)
      + Commands.lines(results)).joined(separator: "\n") + "\n"
  }
}
