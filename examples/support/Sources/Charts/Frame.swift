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

  /// The title of a picture of this height, and those of both axes.
  func headings(_ title: String, x: String, y: String, height: Double) -> [String] {
    [
      Markup.text(title, x: 8, y: 18, size: 14, color: "#1d2433", weight: "600"),
      Markup.text(
        x, x: (left + right) / 2, y: height - 8, anchor: "middle", color: Palette.quiet),
      Markup.text(
        y, x: 13, y: (top + bottom) / 2, anchor: "middle", color: Palette.quiet, turned: true),
    ]
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
