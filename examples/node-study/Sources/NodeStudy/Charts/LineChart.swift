import Fairline

/// Lines over a common axis, each named beside its end.
package struct LineChart: Sendable {
  /// One line.
  package struct Series: Sendable {
    /// Its name.
    package var label: String
    /// Its place in the palette.
    package var color: Int
    /// Its points from left to right.
    package var points: [(x: Double, y: Double)]
    /// Whether it is drawn thicker.
    package var isBold = false

    /// Makes a line.
    package init(_ label: String, color: Int, _ points: [(x: Double, y: Double)]) {
      (self.label, self.color, self.points) = (label, color, points)
    }
  }

  /// What stands above it.
  package var title: String
  /// What the horizontal axis shows.
  package var xTitle: String
  /// What the vertical axis shows.
  package var yTitle: String
  /// The lines.
  package var series: [Series]
  /// Whether the horizontal axis shows factors.
  package var isLogarithmic = false
  /// Whether the vertical axis begins at 0.
  package var includesZero = false
  /// The size of the picture.
  package var size = (width: 640.0, height: 340.0)

  /// Makes a chart.
  package init(_ title: String, x: String, y: String, _ series: [Series]) {
    self.title = title
    (xTitle, yTitle) = (x, y)
    self.series = series.filter { !$0.points.isEmpty }
  }

  /// The picture.
  package var svg: String {
    let x = Axis(
      series.flatMap { $0.points.map(\.x) }, isLogarithmic: isLogarithmic, isTight: true)
    let y = Axis(series.flatMap { $0.points.map(\.y) }, includesZero: includesZero)
    let longest = series.map { Markup.width(of: $0.label, size: 12) }.max() ?? 0
    let frame = Frame(
      left: 52, right: size.width - min(longest, 190) - 34, top: 38, bottom: size.height - 44)
    var parts = [
      Markup.text(title, x: 8, y: 18, size: 14, color: "#1d2433", weight: "600"),
      Markup.text(
        xTitle, x: (frame.left + frame.right) / 2, y: size.height - 8, anchor: "middle",
        color: Palette.quiet),
      Markup.text(
        yTitle, x: 13, y: (frame.top + frame.bottom) / 2, anchor: "middle", color: Palette.quiet,
        turned: true),
    ]
    parts += frame.grid(x, y)
    let ends = series.map { frame.place($0.points[$0.points.count - 1], x, y) }
    let places = LabelColumn.places(
      ends.map(\.y), distance: 16, within: (frame.top - 4)...(frame.bottom + 8))
    for (index, line) in series.enumerated() {
      let color = Palette.line(line.color)
      let points = line.points.map { frame.place($0, x, y) }
      parts.append(Markup.path(points, color: color, width: line.isBold ? 3 : 1.8))
      parts.append(Markup.dot(ends[index], radius: 3.5, color: color))
      parts += label(line.label, color, from: ends[index], to: places[index], frame)
    }
    return Markup.picture(size.width, size.height, title: title, parts)
  }

  private func label(
    _ text: String, _ color: String, from end: (x: Double, y: Double), to y: Double, _ frame: Frame
  ) -> [String] {
    let corner = frame.right + 4
    let dashes = end.x < frame.right - 6 ? "2 4" : nil
    var parts: [String] = []
    if dashes != nil {
      parts.append(
        Markup.line(
          (end.x + 5, end.y), (corner, end.y), color: color + "88", width: 1, dashes: dashes))
    }
    parts.append(Markup.line((corner, end.y), (corner + 14, y), color: color + "aa"))
    parts.append(Markup.text(text, x: corner + 18, y: y + 4, color: color, weight: "500"))
    return parts
  }
}

/// The part of a picture where data are drawn.
struct Frame {
  var left: Double
  var right: Double
  var top: Double
  var bottom: Double

  /// Where a point lies in the picture.
  func place(_ point: (x: Double, y: Double), _ x: Axis, _ y: Axis) -> (x: Double, y: Double) {
    (left + (right - left) * x.place(point.x), bottom - (bottom - top) * y.place(point.y))
  }

  /// Lines and numbers at the marks of both axes.
  func grid(_ x: Axis, _ y: Axis) -> [String] {
    var parts: [String] = []
    for mark in y.marks {
      let height = bottom - (bottom - top) * y.place(mark)
      let color = mark == 0 && y.range.lowerBound < 0 ? Palette.quiet : Palette.grid
      parts.append(Markup.line((left, height), (right, height), color: color))
      parts.append(
        Markup.text(
          y.label(mark), x: left - 7, y: height + 4, size: 11, anchor: "end", color: Palette.quiet))
    }
    for mark in x.marks {
      let place = left + (right - left) * x.place(mark)
      parts.append(Markup.line((place, bottom), (place, bottom + 4), color: "#b9c0cc"))
      parts.append(
        Markup.text(
          x.label(mark), x: place, y: bottom + 17, size: 11, anchor: "middle",
          color: Palette.quiet))
    }
    parts.append(Markup.line((left, bottom), (right, bottom), color: "#b9c0cc"))
    return parts
  }
}
