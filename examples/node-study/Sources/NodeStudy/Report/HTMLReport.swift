import Charts

/// The report as one page that needs nothing else: style and pictures are inside, and nothing runs.
package struct HTMLReport {
  private let results: StudyResults

  /// Prepares a report.
  package init(_ results: StudyResults) { self.results = results }

  /// The whole page.
  package var text: String {
    let text = ReportText(results: results)
    let charts = ReportCharts(results: results)
    var body = [header(text)]
    if let picture = charts.overview { body.append(figures([picture], class: "wide")) }
    body.append(section("The ten conclusions", HTMLConclusions(results).text))
    body.append(section("All numbers", HTMLTable(results).text))
    var curves = ""
    for group in StudyRow.Group.allCases {
      let pictures = charts.losses(group)
      guard !pictures.isEmpty else { continue }
      curves += "<h3>\(Markup.escaped(group.title))</h3>" + figures(pictures, class: "pair")
      if let picture = charts.differences(group) { curves += figures([picture], class: "wide") }
    }
    if !charts.evaluations.isEmpty {
      curves +=
        "<h3>Evaluations by update, rows with adaptive steps</h3>"
        + figures(charts.evaluations, class: "pair")
    }
    if let picture = charts.fineSolves { curves += figures([picture], class: "wide") }
    body.append(section("Curves", curves))
    let lines = text.protocolLines.map { "<li>\(Markup.escaped($0))</li>" }.joined()
    body.append(
      section(
        "Conditions",
        "<ul class=\"plain\">\(lines)<li>Flags of <code>fairline-train</code> that all rows share: "
          + "<code>\(Markup.escaped(text.sharedFlags))</code></li></ul>"
      ))
    body.append(section("Rows", rows))
    return """
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
      \(body.joined(separator: "\n"))
      </main>
      </body>
      </html>

      """
  }

  private func header(_ text: ReportText) -> String {
    var parts = [
      "<header><h1>\(Markup.escaped(ReportText.title))</h1>",
      "<p class=\"lead\">\(Markup.escaped(text.introduction))</p>",
    ]
    for note in [text.caution, text.state].compactMap(\.self) {
      parts.append("<p class=\"note\">\(Markup.escaped(note))</p>")
    }
    if !text.highlights.isEmpty {
      let tiles = text.highlights.map {
        "<div class=\"tile\"><strong>\(Markup.escaped($0.value))</strong>"
          + "<span>\(Markup.escaped($0.text))</span></div>"
      }
      parts.append("<div class=\"tiles\">\(tiles.joined())</div>")
    }
    return parts.joined(separator: "\n") + "</header>"
  }

  private func section(_ title: String, _ content: String) -> String {
    "<section><h2>\(Markup.escaped(title))</h2>\n\(content)</section>"
  }

  private func figures(_ pictures: [ReportCharts.Picture], class name: String) -> String {
    "<div class=\"\(name)\">" + pictures.map { "<figure>\($0.svg)</figure>" }.joined() + "</div>"
  }

  private var rows: String {
    let items = results.rows.map { row in
      "<dt>\(Markup.escaped(row.title)) <code>\(Markup.escaped(row.name))</code></dt>"
        + "<dd>\(Markup.escaped(row.summary))<br>"
        + "<code>\(Markup.escaped(row.flags(layers: results.plan.layers)))</code></dd>"
    }
    return "<dl>\(items.joined(separator: "\n"))</dl>"
  }
}
