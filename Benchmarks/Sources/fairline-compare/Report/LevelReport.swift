/// The part of the report about one level of instructions.
struct LevelReport {
  let level: Level
  /// What was measured at this level.
  let results: Results

  /// Draws how speed and memory grow, into a folder.
  func writePictures(to folder: String) throws {
    for growth in Growth.all {
      guard let svg = growth.svg(results) else { continue }
      try svg.write(
        toFile: "\(folder)/\(picture(growth)).svg", atomically: true, encoding: .utf8)
    }
  }

  private func picture(_ growth: Growth) -> String {
    level == .v4 ? growth.picture : "\(growth.picture)-\(level.rawValue)"
  }

  var lines: [String] {
    var lines = ["", "## \(level.title)", ""] + introduction
    for section in Section.allCases { lines += SectionTables(section, results).lines }
    for growth in Growth.all {
      let rows = growth.table(results)
      if rows.isEmpty { continue }
      lines += ["", "### \(growth.title)", "", growth.subtitle + ".", ""]
      if growth.svg(results) != nil {
        lines += ["![\(growth.title)](pictures/\(picture(growth)).svg)", ""]
      }
      lines += rows
    }
    return lines
  }

  private var introduction: [String] {
    let rounds = results.records.flatMap(\.sides).filter { !$0.isRecorded }.map(\.readings.count)
    let threads = Set(results.records.map(\.threads)).sorted().map(String.init)
    let facts =
      machines + [
        "\(Self.span(results.records.map { "\($0.date.prefix(10))" }.sorted())).",
        "Rounds: \(Self.span(rounds.sorted().map(String.init))).",
        "Threads: \(threads.joined(separator: ", ")).", level.rule,
      ]
    return facts.flatMap { Lines.of($0) } + limits + warning
  }

  /// The machine of each measurement; where there are several, with what was measured on them.
  private var machines: [String] {
    let names = results.records.map(\.machine).reduce(into: [String]()) { found, name in
      if !found.contains(name) { found.append(name) }
    }
    guard names.count > 1 else { return names.map { "\($0)." } }
    return names.map { name in
      let what = Set(results.records.filter { $0.machine == name }.map(\.comparison)).sorted()
      return "\(name) (\(what.joined(separator: ", ")))."
    }
  }

  /// The first and the last of sorted texts.
  private static func span(_ texts: [String]) -> String {
    guard let first = texts.first, let last = texts.last else { return "–" }
    return first == last ? first : "\(first) to \(last)"
  }

  private var limits: [String] {
    guard let limits = results.records.last(where: { $0.limits != nil })?.limits else { return [] }
    func rate(_ key: String) -> String { Numbers.short(limits[key] ?? .nan) }
    let half =
      limits["half_product_rate"] == nil
      ? "" : ", half-precision products \(rate("half_product_rate"))"
    return [""]
      + Lines.of(
        "What the machine can do, in GF/s of float32: multiply-adds without memory "
          + "\(rate("peak_rate")) (*peak*), products of 1024 × 1024 matrices "
          + "\(rate("product_rate")) (*products*)\(half).")
  }

  private var warning: [String] {
    let busy = results.records.filter { $0.busyShare > 0.04 }.map(\.comparison)
    guard !busy.isEmpty else { return [] }
    let names = Set(busy).sorted().joined(separator: ", ")
    return [""]
      + Lines.of("**Other programs kept the machine busy during: \(names). Measure these again.**")
  }
}
