/// The report as Markdown, with pictures in files beside it.
package struct MarkdownReport {
  private let report: Report

  /// Prepares a report.
  package init(_ results: StudyResults) { report = Report(results) }

  /// The whole text.
  package var text: String {
    let texts = report.texts
    var parts = ["# \(ReportText.title)", texts.introduction]
    parts += [texts.caution, texts.state].compactMap(\.self).map { "> \($0)" }
    parts += [list(texts.highlights.map { "**\($0.value)**: \($0.text)" })]
    parts += report.parts.map(text)
    return parts.filter { !$0.isEmpty }.joined(separator: "\n\n") + "\n"
  }

  /// The pictures that the text refers to, by file name.
  package var pictures: [(name: String, svg: String)] {
    report.pictures.map { ("charts/\($0.name).svg", $0.svg + "\n") }
  }

  private func list(_ lines: [String]) -> String {
    lines.map { "- \($0)" }.joined(separator: "\n")
  }

  private func text(_ part: Report.Part) -> String {
    switch part {
    case .chapter(let title): "## \(title)"
    case .heading(let title): "### \(title)"
    case .pictures(let pictures):
      pictures.map { "![\($0.name.replacing("-", with: " "))](charts/\($0.name).svg)" }
        .joined(separator: "\n\n")
    case .conclusions(let all): all.map(text).joined(separator: "\n\n")
    case .table(let table): text(table)
    case .list(let lines): list(lines)
    case .flags(let flags, let title): "\(title):\n\n    \(flags)"
    case .rows(let rows, let layers):
      list(
        rows.map {
          "**\($0.title)** (`\($0.name)`): \($0.summary). `\($0.flags(layers: layers))`"
        })
    }
  }

  private func text(_ conclusion: Conclusion) -> String {
    """
    ### \(conclusion.number). \(conclusion.claim)

    **\(conclusion.reading)**

    \(list(conclusion.findings))

    *Rule:* \(conclusion.rule)
    """
  }

  private func text(_ table: ResultTable) -> String {
    func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }
    var lines = [line(["row"] + ResultTable.headings)]
    lines.append("|---|" + ResultTable.headings.map { _ in "---:|" }.joined())
    for row in table.groups.flatMap(\.lines) {
      var cells = row.cells
      if row.isBest { cells[1] = "**\(cells[1])**" }
      lines.append(line([row.row.title] + cells))
    }
    return lines.joined(separator: "\n") + "\n\n" + ResultTable.legend
  }
}
