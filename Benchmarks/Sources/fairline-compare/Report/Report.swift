import Foundation

/// The report: tables in RESULTS.md and pictures, from what was measured.
struct Report {
  let results: Results
  private static let (begin, end) = (
    "<!-- fairline-compare writes from here -->", "<!-- to here -->"
  )

  /// Writes RESULTS.md and the pictures into a folder; what stands in RESULTS.md outside the marks stays.
  func write(to folder: String) throws {
    let pictures = folder + "/pictures"
    try FileManager.default.createDirectory(atPath: pictures, withIntermediateDirectories: true)
    for growth in Growth.all {
      guard let svg = growth.svg(results) else { continue }
      try svg.write(
        toFile: "\(pictures)/\(growth.picture).svg", atomically: true, encoding: .utf8)
    }
    let path = folder + "/RESULTS.md"
    let old = (try? String(contentsOfFile: path, encoding: .utf8)) ?? "# Results\n"
    try Self.replaced(in: old, with: text).write(
      toFile: path, atomically: true, encoding: .utf8)
  }

  /// The file with the part between the marks exchanged; the marks follow the heading when there are none.
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
    var lines = introduction + table
    for growth in Growth.all {
      let rows = growth.table(results)
      if rows.isEmpty { continue }
      lines += ["", "### \(growth.title)", "", growth.subtitle + ".", ""]
      if growth.svg(results) != nil {
        lines += ["![\(growth.title)](pictures/\(growth.picture).svg)", ""]
      }
      lines += rows
    }
    return (lines + commands).joined(separator: "\n") + "\n"
  }

  private var introduction: [String] {
    let rounds = results.records.flatMap(\.sides).filter { !$0.isRecorded }.map(\.readings.count)
    let (least, most) = (rounds.min() ?? 0, rounds.max() ?? 0)
    let dates = results.records.map { $0.date.prefix(10) }.sorted()
    let days =
      dates.first == dates.last
      ? "\(dates.first ?? "")" : "\(dates.first ?? "") to \(dates.last ?? "")"
    var lines = [
      "\(results.machine). \(days). Medians of \(least == most ? "\(most)" : "\(least) to \(most)") \(most == 1 ? "round" : "rounds"), in which "
        + "Fairline and the peers run by turns, each in a fresh process; the range of the rounds in parentheses. A ratio above 1 "
        + "means that Fairline is better than the best of the peers.", "",
    ]
    let threads = Set(results.records.map(\.threads)).sorted().map(String.init)
    lines[0] += " Threads: \(threads.joined(separator: ", "))."
    if let limits = results.records.last(where: { $0.limits != nil })?.limits {
      let half = limits["half_product_rate"].map {
        ", half-precision products at \(Numbers.short($0)) GF/s"
      }
      lines += [
        "What the machine can do, in GF/s of float32: multiply-adds without memory \(Numbers.short(limits["peak_rate"] ?? .nan)) "
          + "(\"peak\"), products of 1024 × 1024 matrices \(Numbers.short(limits["product_rate"] ?? .nan)) (\"products\")\(half ?? "").",
        "",
      ]
    }
    let busy = results.records.filter { $0.busyShare > 0.04 }.map(\.comparison)
    if !busy.isEmpty {
      let names = Set(busy).sorted().joined(separator: ", ")
      lines += [
        "**Other programs kept the machine busy during: \(names). Measure these again.**", "",
      ]
    }
    return lines
  }

  private var table: [String] {
    var lines = [
      "| work | Fairline | peer | ratio | wanted | memory, MB | matrix products |",
      "| --- | ---: | ---: | ---: | --- | ---: | --- |",
    ]
    for comparison in Comparison.all {
      for record in results.of(comparison.name) where record.x == nil {
        lines += record.rows.map { line(record, $0) }
      }
    }
    return lines.count > 2 ? lines : []
  }

  private func line(_ record: Record, _ row: Row) -> String {
    let title = record.title + (row.title.isEmpty ? "" : ": \(row.title)") + ", \(row.unit)"
    let peers = record.sides.filter(\.isPeer).map { side in
      "\(side.label): \(Cells.number(side, row))"
    }.joined(separator: "<br>")
    var mine = Cells.number(record.fairline, row)
    // Random weights have a score too.
    if row.key == "rate", let score = record.fairline?.median("bleu"), score > 1 {
      mine += "; BLEU \(Numbers.fixed(score, 2))"
    }
    let cells = [
      title, mine, peers.isEmpty ? "–" : peers, Cells.ratio(record, row),
      Cells.wanted(record, row), Cells.memory(record, row), Cells.products(record),
    ]
    return "| " + cells.joined(separator: " | ") + " |"
  }

  private var commands: [String] {
    var lines = ["", "### Commands", ""]
    for comparison in Comparison.all {
      var showsGrowth = false
      for record in results.of(comparison.name) {
        // The points of a growth differ in a number only.
        if record.x != nil, showsGrowth { continue }
        showsGrowth = record.x != nil
        let more = showsGrowth ? ", and so on" : ""
        lines.append("- \(comparison.name), \(record.title)\(more) (\(record.date)):")
        lines += record.sides.map { "  - `\($0.command)`" }
      }
    }
    return lines
  }
}
