import Charts

/// The table of all numbers in HTML.
struct HTMLTable {
  private let table: ResultTable

  init(_ results: StudyResults) { table = ResultTable(results: results) }

  var text: String {
    let headings = ResultTable.headings.map { "<th>\(Markup.escaped($0))</th>" }.joined()
    var lines = ["<thead><tr><th>row</th>\(headings)</tr></thead>"]
    for group in StudyRow.Group.allCases {
      let rows = table.lines(group)
      guard !rows.isEmpty else { continue }
      lines.append(
        "<tbody><tr class=\"group\"><th colspan=\"\(ResultTable.headings.count + 1)\">"
          + "\(Markup.escaped(group.title))</th></tr>"
      )
      lines += rows.map(line)
      lines.append("</tbody>")
    }
    return
      "<div class=\"scroll\"><table>\(lines.joined(separator: "\n"))</table></div>"
      + "<p class=\"small\">\(Markup.escaped(ResultTable.legend))</p>"
  }

  private func line(_ line: ResultTable.Line) -> String {
    let cells = line.cells.enumerated().map { index, cell in
      let text = Markup.escaped(cell)
      return "<td>\(index == 1 && line.isBest ? "<strong>\(text)</strong>" : text)</td>"
    }
    let mark = line.row.isAdaptive ? " <span class=\"tag\">adaptive</span>" : ""
    return
      "<tr><th title=\"\(Markup.escaped(line.row.summary))\">"
      + "\(Markup.escaped(line.row.title))\(mark)</th>\(cells.joined())</tr>"
  }
}
