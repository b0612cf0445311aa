import Charts

/// The report as one page that needs nothing else: style and pictures are inside, and nothing runs.
package struct HTMLReport {
  private let report: Report

  /// Prepares a report.
  package init(_ results: StudyResults) { report = Report(results) }

  /// The whole page.
  package var text: String {
    """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>\(Markup.escaped(ReportText.title))</title>
    <style>
    \(HTMLStyle.text)
    </style>
    </head>
    <body>
    <main>
    \(header)
    \(report.parts.map(text).joined(separator: "\n"))
    </main>
    </body>
    </html>

    """
  }

  private var header: String {
    let texts = report.texts
    let notes = [texts.caution, texts.state].compactMap(\.self).map {
      "<p class=\"note\">\(Markup.escaped($0))</p>"
    }
    let tiles = texts.highlights.map {
      "<div class=\"tile\"><strong>\(Markup.escaped($0.value))</strong>"
        + "<span>\(Markup.escaped($0.text))</span></div>"
    }
    return """
      <h1>\(Markup.escaped(ReportText.title))</h1>
      <p class="lead">\(Markup.escaped(texts.introduction))</p>
      \(notes.joined(separator: "\n"))
      <div class="tiles">\(tiles.joined())</div>
      """
  }

  private func text(_ part: Report.Part) -> String {
    switch part {
    case .chapter(let title): return "<h2>\(Markup.escaped(title))</h2>"
    case .heading(let title): return "<h3>\(Markup.escaped(title))</h3>"
    case .pictures(let pictures):
      let figures = pictures.map { "<figure>\($0.svg)</figure>" }.joined()
      return "<div class=\"\(pictures.count > 1 ? "pair" : "wide")\">\(figures)</div>"
    case .conclusions(let all):
      return "<div class=\"conclusions\">\(all.map(card).joined(separator: "\n"))</div>"
    case .table(let table): return text(table)
    case .list(let lines): return "<ul class=\"plain\">\(items(lines))</ul>"
    case .flags(let flags, let title):
      let title = Markup.escaped(title).split(separator: "`", omittingEmptySubsequences: false)
        .enumerated().map { $0 % 2 == 0 ? String($1) : "<code>\($1)</code>" }.joined()
      return "<p>\(title): <code>\(Markup.escaped(flags))</code></p>"
    case .rows(let rows, let layers):
      let items = rows.map { row in
        "<dt>\(Markup.escaped(row.title)) <code>\(Markup.escaped(row.name))</code></dt>"
          + "<dd>\(Markup.escaped(row.summary))<br>"
          + "<code>\(Markup.escaped(row.flags(layers: layers)))</code></dd>"
      }
      return "<dl>\(items.joined(separator: "\n"))</dl>"
    }
  }

  private func items(_ lines: [String]) -> String {
    lines.map { "<li>\(Markup.escaped($0))</li>" }.joined()
  }

  private func card(_ conclusion: Conclusion) -> String {
    """
    <article class="\(conclusion.verdict.rawValue)">
    <div class="claim"><span class="number">\(conclusion.number)</span>
    <p>\(Markup.escaped(conclusion.claim))</p></div>
    <p class="verdict">\(Markup.escaped(conclusion.reading))</p>
    <ul>\(items(conclusion.findings))</ul>
    <p class="rule"><b>Rule.</b> \(Markup.escaped(conclusion.rule))</p>
    </article>
    """
  }

  private func text(_ table: ResultTable) -> String {
    let headings = ResultTable.headings.map { "<th>\(Markup.escaped($0))</th>" }.joined()
    let groups = table.groups.map { group, lines in
      "<tbody><tr class=\"group\"><th colspan=\"\(ResultTable.headings.count + 1)\">"
        + "\(Markup.escaped(group.title))</th></tr>"
        + lines.map(line).joined(separator: "\n") + "</tbody>"
    }
    return """
      <div class="scroll"><table><thead><tr><th>row</th>\(headings)</tr></thead>
      \(groups.joined(separator: "\n"))</table></div>
      <p class="small">\(Markup.escaped(ResultTable.legend))</p>
      """
  }

  private func line(_ line: ResultTable.Line) -> String {
    let cells = line.cells.enumerated().map { index, cell in
      let text = Markup.escaped(cell)
      return "<td>\(index == 1 && line.isBest ? "<strong>\(text)</strong>" : text)</td>"
    }
    let mark = line.row.isAdaptive ? " <span class=\"tag\">adaptive</span>" : ""
    return "<tr><th title=\"\(Markup.escaped(line.row.summary))\">"
      + "\(Markup.escaped(line.row.title))\(mark)</th>\(cells.joined())</tr>"
  }
}
