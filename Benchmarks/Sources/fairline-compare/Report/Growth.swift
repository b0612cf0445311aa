import Charts

/// A number against something that grows, with its picture and table.
struct Growth {
  let comparison: String
  let picture: String
  let title: String
  let subtitle: String
  let xTitle: String
  let yTitle: String
  let key: String
  let factor: Double
  /// What the exponent is of, as it is written behind the sign of proportion; none when empty.
  let symbol: String
  var isLinear = false

  static let all = [
    Growth(
      comparison: "growth-length", picture: "training-length",
      title: "Training speed against sentence length",
      subtitle: "3+3 layers, 256 channels, batches of 4096 tokens", xTitle: "symbols of a sentence",
      yTitle: "target tokens/s", key: "rate", factor: 1, symbol: "length"),
    Growth(
      comparison: "growth-width", picture: "training-width",
      title: "Training speed against width",
      subtitle: "3+3 layers, four times as many hidden channels, batches of 4096 tokens",
      xTitle: "channels", yTitle: "target tokens/s", key: "rate", factor: 1, symbol: "width"),
    Growth(
      comparison: "growth-batch", picture: "training-batch",
      title: "Training speed against batch size", subtitle: "3+3 layers, 256 channels, length 15",
      xTitle: "tokens of a batch", yTitle: "target tokens/s", key: "rate", factor: 1,
      symbol: ""),
    Growth(
      comparison: "threads", picture: "training-threads", title: "Training speed against threads",
      subtitle: "3+3 layers, 256 channels, batches of 4096 tokens", xTitle: "threads",
      yTitle: "target tokens/s", key: "rate", factor: 1, symbol: "", isLinear: true),
    Growth(
      comparison: "growth-decode", picture: "decoding-batch",
      title: "Translation speed against batch size", subtitle: "beam 5, int8",
      xTitle: "sentences of a batch", yTitle: "sentences/s", key: "rate", factor: 1, symbol: ""),
    Growth(
      comparison: "memory", picture: "memory-length", title: "Peak memory against sentence length",
      subtitle: "training 3+3 layers of 256 channels, four sentences a batch",
      xTitle: "symbols of a sentence", yTitle: "MB", key: "peak_bytes", factor: 1e-6,
      symbol: "length", isLinear: true),
  ]

  /// The records with a place on the axis.
  func records(_ results: Results) -> [Record] { results.of(comparison).filter { $0.x != nil } }

  /// The points of a side, by its label's place among the sides.
  private func points(_ records: [Record], _ label: String) -> [(x: Double, y: Double)] {
    records.compactMap { record in
      let value = record.sides.first { $0.label == label }?.median(key)
      return value.flatMap { value in record.x.map { (x: $0, y: value * factor) } }
    }
  }

  private func labels(_ records: [Record]) -> [String] {
    records.flatMap { $0.sides.map(\.label) }.reduce(into: []) { found, label in
      if !found.contains(label) { found.append(label) }
    }
  }

  /// How a line grows, in words; empty when it has no name.
  func law(_ points: [(x: Double, y: Double)]) -> String {
    if symbol.isEmpty, isLinear, let first = points.first, let last = points.last, first.x < last.x
    {
      return "\(Numbers.fixed(last.y / first.y, 2)) × with \(Int(last.x)) threads"
    }
    guard !symbol.isEmpty else { return "" }
    if key == "peak_bytes" {
      return Numbers.exponentOverConstant(points).map {
        "constant + ∝ \(symbol)\(Numbers.raised($0))"
      } ?? ""
    }
    // The law is that of large sizes: the upper half of the points.
    let upper = Array(points.suffix(max(2, (points.count + 1) / 2)))
    return Numbers.exponent(upper).map { exponent in
      "∝ \(symbol)\(Numbers.raised(exponent)) from \(Int(upper[0].x)) on"
    } ?? ""
  }

  /// The picture; nil when there are fewer than two points.
  func svg(_ results: Results) -> String? {
    let records = records(results)
    guard records.count > 1 else { return nil }
    let lines = labels(records).enumerated().map { index, label in
      var line = LineChart.Series(label, color: index == 0 ? 6 : 3, points(records, label))
      line.isBold = index == 0
      line.showsPoints = true
      line.note = law(line.points)
      return line
    }
    var chart = LineChart(title, x: xTitle, y: yTitle, lines)
    chart.subtitle = subtitle
    chart.isLogarithmic = !isLinear
    chart.showsFactors = !isLinear
    chart.includesZero = isLinear
    // Where equal steps are equally far apart, small values lie too near to each other to be named.
    let places = records.compactMap(\.x)
    chart.xMarks = isLinear ? places.filter { 4 * $0 >= places.max() ?? 0 } : places
    chart.size = (width: 720, height: 380)
    return chart.svg + "\n"
  }

  /// The table, with a line for each law.
  func table(_ results: Results) -> [String] {
    let records = records(results)
    let labels = labels(records)
    guard !records.isEmpty else { return [] }
    let row = Row(key: key, title: "", unit: "", isLess: key == "peak_bytes", factor: factor)
    var lines = [
      "| \(xTitle) | " + labels.map { "\($0), \(yTitle)" }.joined(separator: " | ") + " | ratio |",
      "| ---: |" + String(repeating: " ---: |", count: labels.count + 1),
    ]
    for record in records {
      let cells = labels.map { label in
        Cells.number(record.sides.first { $0.label == label }, row)
      }
      let all = ["\(Int(record.x ?? 0))"] + cells + [Cells.ratio(record, row)]
      lines.append("| \(all.joined(separator: " | ")) |")
    }
    let laws = labels.compactMap { label -> String? in
      let law = law(points(records, label))
      return law.isEmpty ? nil : "\(label): \(law)"
    }
    return lines + (laws.isEmpty ? [] : ["", laws.joined(separator: "; ") + "."])
  }
}
