/// What a report says, in order, for both forms that it is written in.
struct Report {
  /// A part of a report.
  enum Part {
    case chapter(String)
    case heading(String)
    case pictures([ReportCharts.Picture])
    case conclusions([Conclusion])
    case table(ResultTable)
    case list([String])
    case flags(String, of: String)
    case rows([StudyRow], layers: Int)
  }

  let texts: ReportText
  let parts: [Part]

  init(_ results: StudyResults) {
    texts = ReportText(results: results)
    let charts = ReportCharts(results: results)
    func shown(_ picture: ReportCharts.Picture?) -> [Part] {
      picture.map { [.pictures([$0])] } ?? []
    }
    var parts = shown(charts.overview)
    parts += [.chapter("The ten conclusions"), .conclusions(Conclusion.all(results))]
    parts += [.chapter("All numbers"), .table(ResultTable(results: results)), .chapter("Curves")]
    for group in StudyRow.Group.allCases {
      let losses = charts.losses(group)
      guard !losses.isEmpty else { continue }
      parts += [.heading(group.title), .pictures(losses)] + shown(charts.differences(group))
    }
    if !charts.evaluations.isEmpty {
      parts += [.heading("Evaluations by update, rows with adaptive steps")]
      parts += [.pictures(charts.evaluations)]
    }
    parts += shown(charts.fineSolves) + [.chapter("Conditions"), .list(texts.protocolLines)]
    parts += [.flags(texts.sharedFlags, of: "Flags of `fairline-train` that all rows share")]
    self.parts = parts + [.chapter("Rows"), .rows(results.rows, layers: results.plan.layers)]
  }

  /// All pictures.
  var pictures: [ReportCharts.Picture] {
    parts.flatMap { part in
      guard case .pictures(let pictures) = part else { return [ReportCharts.Picture]() }
      return pictures
    }
  }
}
