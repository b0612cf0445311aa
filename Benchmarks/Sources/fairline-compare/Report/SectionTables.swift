/// The tables of a section of the report at one level.
struct SectionTables {
  let section: Section
  /// The records of the section, but for growths.
  private let records: [Record]

  init(_ section: Section, _ results: Results) {
    self.section = section
    records = Comparison.all.filter { $0.section == section }.flatMap { results.of($0.name) }
      .filter { $0.x == nil }
  }

  var lines: [String] {
    guard !records.isEmpty else { return [] }
    return ["", "### \(section.title)", ""] + Lines.of("Peers: \(peers).") + speeds + scores
      + products + memory
  }

  private var peers: String {
    records.flatMap(\.sides).filter(\.isPeer).map(\.label).reduce(into: [String]()) {
      if !$0.contains($1) { $0.append($1) }
    }.joined(separator: "; ")
  }

  /// A table for each unit.
  private var speeds: [String] {
    let all = records.flatMap { record in record.rows.map { (record: record, row: $0) } }
    let units = all.map(\.row.unit).reduce(into: [String]()) {
      if !$0.contains($1) { $0.append($1) }
    }
    return units.flatMap { unit in
      [
        "", "| \(unit) | Fairline | peer | ratio | wanted |", "| --- | ---: | ---: | ---: | --- |",
      ]
        + all.filter { $0.row.unit == unit }.map { record, row in
          Self.line([
            row.title.isEmpty ? record.title : row.title, Cells.number(record.fairline, row),
            Cells.number(record.peer(for: row), row), Cells.ratio(record, row),
            Cells.wanted(record.checks(row).filter { !$0.isOfProducts }),
          ])
        }
    }
  }

  private var scores: [String] {
    let scores = records.filter { $0.rows.contains { $0.key == "rate" } }.compactMap { record in
      // Random weights have a score too.
      record.fairline?.median("bleu").flatMap { score in
        score > 1 ? "\(Numbers.fixed(score, 2)) (\(record.title))" : nil
      }
    }
    return scores.isEmpty ? [] : [""] + Lines.of("BLEU: \(scores.joined(separator: ", ")).")
  }

  /// The rates of the products of updates, and their shares of what the machine can do.
  private var products: [String] {
    let lines = records.compactMap { record in
      record.products.map { products in
        Self.line([
          record.title, Numbers.short(products.rate), Cells.share(products.ofPeak),
          Cells.share(products.ofProducts), Cells.share(record.productsAloneOfPeak),
          Cells.wanted(record.rows.flatMap(record.checks).filter(\.isOfProducts)),
        ])
      }
    }
    guard !lines.isEmpty else { return [] }
    return [
      "", "| matrix products | GF/s | peak | products | alone | wanted |",
      "| --- | ---: | ---: | ---: | ---: | --- |",
    ] + lines
  }

  private var memory: [String] {
    let lines = records.filter { $0.fairline?.median("peak_bytes") != nil }
      .filter { $0.rows.allSatisfy { $0.key != "peak_bytes" } }
      .map { record in
        Self.line([
          record.title, Cells.memory(record.fairline),
          Cells.memory(record.peer(for: record.rows[0])),
        ])
      }
    guard !lines.isEmpty else { return [] }
    return ["", "| most memory, MB | Fairline | peer |", "| --- | ---: | ---: |"] + lines
  }

  private static func line(_ cells: [String]) -> String {
    "| \(cells.joined(separator: " | ")) |"
  }
}
