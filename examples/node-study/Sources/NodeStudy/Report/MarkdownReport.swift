/// The report as Markdown, with pictures in files beside it.
package struct MarkdownReport {
  private let results: StudyResults

  /// Prepares a report.
  package init(_ results: StudyResults) { self.results = results }

  /// The whole text.
  package var text: String {
    let text = ReportText(results: results)
    var parts = ["# \(ReportText.title)", text.introduction]
    parts += [text.caution, text.state].compactMap(\.self).map { "> \($0)" }
    if !text.highlights.isEmpty {
      parts.append(
        text.highlights.map { "- **\($0.value)**: \($0.text)" }.joined(separator: "\n"))
    }
    let charts = ReportCharts(results: results)
    if let picture = charts.overview { parts.append(link(picture)) }
    parts += ["## The ten conclusions"] + Conclusion.all(results).map(conclusion)
    parts += ["## All numbers", table, ResultTable.legend, "## Curves"]
    for group in StudyRow.Group.allCases {
      let pictures = charts.losses(group)
      guard !pictures.isEmpty else { continue }
      parts += ["### \(group.title)"] + pictures.map(link)
      if let picture = charts.differences(group) { parts.append(link(picture)) }
    }
    if !charts.evaluations.isEmpty {
      parts += ["### Evaluations by update, adaptive steps"] + charts.evaluations.map(link)
    }
    if let picture = charts.fineSolves { parts += ["### Trained models", link(picture)] }
    parts += ["## Conditions", text.protocolLines.map { "- \($0)" }.joined(separator: "\n")]
    parts += ["Flags of `fairline-train` that all rows share:", "    " + text.sharedFlags]
    parts += ["## Rows", rows]
    return parts.joined(separator: "\n\n") + "\n"
  }

  /// The pictures that the text refers to, by file name.
  package var pictures: [(name: String, svg: String)] {
    let charts = ReportCharts(results: results)
    let all =
      ([charts.overview, charts.fineSolves] + StudyRow.Group.allCases.map(charts.differences))
      .compactMap(\.self) + StudyRow.Group.allCases.flatMap(charts.losses) + charts.evaluations
    return all.map { ("charts/\($0.name).svg", $0.svg + "\n") }
  }

  private func link(_ picture: ReportCharts.Picture) -> String {
    "![\(picture.name.replacing("-", with: " "))](charts/\(picture.name).svg)"
  }

  private func conclusion(_ conclusion: Conclusion) -> String {
    let measured = conclusion.measured.map { "- \($0)" }.joined(separator: "\n")
    return """
      ### \(conclusion.number). \(conclusion.claim)

      **\(conclusion.reading)**

      \(measured.isEmpty ? "- Nothing was measured yet." : measured)

      *Rule:* \(conclusion.rule)
      """
  }

  private var table: String {
    let table = ResultTable(results: results)
    let headings = ["row"] + ResultTable.headings
    var lines = [
      "| " + headings.joined(separator: " | ") + " |",
      "|" + headings.indices.map { $0 == 0 ? "---|" : "---:|" }.joined(),
    ]
    for group in StudyRow.Group.allCases {
      for line in table.lines(group) {
        var cells = line.cells
        if line.isBest { cells[1] = "**\(cells[1])**" }
        lines.append("| " + ([line.row.title] + cells).joined(separator: " | ") + " |")
      }
    }
    return lines.joined(separator: "\n")
  }

  private var rows: String {
    results.rows.map {
      "- **\($0.title)** (`\($0.name)`): \($0.summary). `\($0.flags(layers: results.plan.layers))`"
    }
    .joined(separator: "\n")
  }
}
