/// The pictures of a report.
struct ReportCharts {
  /// A picture with its file's name.
  struct Picture {
    let name: String
    let svg: String
  }

  let results: StudyResults

  /// Loss by update and by time of a group's rows; none while no row has a validation.
  func losses(_ group: StudyRow.Group) -> [Picture] {
    var rows = results.trainedRows.filter { $0.group == group }
    let reference = group == .field ? nil : group == .steps ? "classic-1" : "heun2-2"
    if let row = reference.flatMap(results.row), !rows.isEmpty { rows.insert(row, at: 0) }
    let bits = "validation bits per symbol"
    var byUpdate = LineChart(
      "Loss by update", x: "updates", y: bits,
      rows.map { series($0, reference) { Double($0.update) } })
    byUpdate.size.width = 560
    var byTime = LineChart(
      "Loss by time", x: "seconds of training", y: bits,
      rows.map { row in series(row, reference) { max($0.seconds, 0.01) } })
    byTime.isLogarithmic = true
    byTime.size.width = 560
    guard !byUpdate.series.isEmpty else { return [] }
    return [
      Picture(name: "loss-\(group.rawValue)-updates", svg: byUpdate.svg),
      Picture(name: "loss-\(group.rawValue)-time", svg: byTime.svg),
    ]
  }

  /// How far a group's rows are from the row that they are compared with, by update.
  func differences(_ group: StudyRow.Group) -> Picture? {
    let name = group == .variants ? "heun2-2" : "classic-1"
    guard let reference = results.row(name), let base = results.first(name) else { return nil }
    let rows = results.trainedRows.filter { $0.group == group && $0.name != name }
    var chart = LineChart(
      "Difference from \(reference.title) by update: below zero is better", x: "updates",
      y: "difference in bits",
      rows.map { row in
        let points = results.first(row.name)?.curves.validations ?? []
        return LineChart.Series(
          row.title, color: row.color == 0 ? 7 : row.color,
          points.compactMap { point in
            base.bits(at: point.update).map { (Double(point.update), point.bits - $0) }
          })
      })
    guard !chart.series.isEmpty else { return nil }
    chart.includesZero = true
    chart.size = (1160, 340)
    return Picture(name: "difference-\(group.rawValue)", svg: chart.svg)
  }

  private func series(
    _ row: StudyRow, _ reference: String?, _ x: (Curves.ValidationPoint) -> Double
  ) -> LineChart.Series {
    let points = results.first(row.name)?.curves.validations ?? []
    let isReference = row.name == reference || (reference == nil && row.name == "classic-1")
    var line = LineChart.Series(
      row.title, color: isReference ? 0 : row.color == 0 ? 7 : row.color,
      points.map { (x($0), $0.bits) })
    line.isBold = isReference
    return line
  }

  /// Evaluations by update of the rows with adaptive steps, forward and backward on each side.
  var evaluations: [Picture] {
    let curves: [(String, String, KeyPath<Curves, [Double]>)] = [
      ("evaluations-encoder-forward", "Encoder, forward", \.encoderForward),
      ("evaluations-decoder-forward", "Decoder, forward", \.decoderForward),
      ("evaluations-encoder-backward", "Encoder, backward", \.encoderBackward),
      ("evaluations-decoder-backward", "Decoder, backward", \.decoderBackward),
    ]
    let rows = results.trainedRows.filter { $0.isAdaptive && results.first($0.name) != nil }
    guard !rows.isEmpty else { return [] }
    return curves.map { name, title, curve in
      var chart = LineChart(
        title, x: "updates", y: "evaluations per solve",
        rows.map { row in
          LineChart.Series(
            row.title, color: row.color,
            Self.thinned(results.first(row.name)?.curves[keyPath: curve] ?? []))
        })
      chart.includesZero = true
      chart.size = (560, 280)
      return Picture(name: name, svg: chart.svg)
    }
  }

  /// The curve as at most 80 means of neighbouring updates.
  static func thinned(_ curve: [Double]) -> [(x: Double, y: Double)] {
    let width = max(1, (curve.count + 79) / 80)
    let starts = stride(from: 0, to: max(1, curve.count / width) * width, by: width)
    return curve.isEmpty
      ? []
      : starts.map { start in
        let part = curve[start..<min(start + width, curve.count)]
        return (Double(start) + Double(part.count + 1) / 2, Curves.mean(part))
      }
  }

  /// What adaptive solves of trained models need.
  var fineSolves: Picture? {
    let bars = results.trainedRows.compactMap { row -> BarChart.Bar? in
      guard let encoder = results.mean(row.name, { $0.audit?.fine.encoder }),
        let decoder = results.mean(row.name, { $0.audit?.fine.decoder })
      else { return nil }
      return BarChart.Bar(row.title, first: encoder, second: decoder)
    }
    guard !bars.isEmpty else { return nil }
    let chart = BarChart(
      "Evaluations of a fine adaptive solve in the trained model", parts: ("encoder", "decoder"),
      bars)
    return Picture(name: "fine-solves", svg: chart.svg)
  }

  /// Quality against cost of all rows with as many updates as the others.
  var overview: Picture? {
    let points = results.trainedRows.compactMap { row -> PointChart.Point? in
      guard !row.isAdaptive, let bits = results.bits(row.name), let cost = results.cost(row.name)
      else { return nil }
      let color =
        switch row.group {
        case .field: row.isNode ? 5 : 0
        case .steps: 6
        case .variants: 2
        }
      return PointChart.Point(row.title, color: color, x: cost, y: bits)
    }
    guard points.count > 1 else { return nil }
    let chart = PointChart(
      "Quality against cost after \(results.plan.updates) updates: left is cheaper, low is better",
      x: "processor seconds of training per thousand target symbols",
      y: "validation bits per symbol", points)
    return Picture(name: "overview", svg: chart.svg)
  }
}
