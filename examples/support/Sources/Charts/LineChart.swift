/// Lines over a common axis, each named beside its end.
public struct LineChart: Sendable {
  /// One line.
  public struct Series: Sendable {
    /// Its name.
    public var label: String
    /// Its place in the palette.
    public var color: Int
    /// Its points from left to right.
    public var points: [(x: Double, y: Double)]
    /// Whether it is drawn thicker.
    public var isBold = false
    /// Whether each of its points has a dot, as measurements at chosen places have.
    public var showsPoints = false
    /// What stands beneath its name, smaller.
    public var note = ""

    /// Makes a line.
    public init(_ label: String, color: Int, _ points: [(x: Double, y: Double)]) {
      (self.label, self.color, self.points) = (label, color, points)
    }
  }

  /// What stands above it.
  public var title: String
  /// What the horizontal axis shows.
  public var xTitle: String
  /// What the vertical axis shows.
  public var yTitle: String
  /// The lines.
  public var series: [Series]
  /// What stands beneath the title, smaller.
  public var subtitle = ""
  /// Whether the horizontal axis shows factors.
  public var isLogarithmic = false
  /// Whether the vertical axis shows factors.
  public var showsFactors = false
  /// The values marked on the horizontal axis; round numbers when there are none.
  public var xMarks: [Double] = []
  /// Whether the vertical axis begins at 0.
  public var includesZero = false
  /// The size of the picture.
  public var size = (width: 640.0, height: 340.0)

  /// Makes a chart.
  public init(_ title: String, x: String, y: String, _ series: [Series]) {
    self.title = title
    (xTitle, yTitle) = (x, y)
    self.series = series.filter { !$0.points.isEmpty }
  }

  /// The picture.
  public var svg: String {
    let x = Axis(
      series.flatMap { $0.points.map(\.x) }, isLogarithmic: isLogarithmic, isTight: true,
      marks: xMarks)
    let y = Axis(
      series.flatMap { $0.points.map(\.y) }, isLogarithmic: showsFactors,
      includesZero: includesZero)
    let top = subtitle.isEmpty ? 38.0 : 56
    let frame = Frame(
      left: 60, right: size.width - min(labelWidth, 190) - 34, top: top, bottom: size.height - 44)
    var parts = headings(frame) + frame.grid(x, y)
    let ends = series.map { frame.place($0.points[$0.points.count - 1], x, y) }
    let notes = series.contains { !$0.note.isEmpty }
    let places = LabelColumn.places(
      ends.map(\.y), distance: notes ? 34 : 16,
      within: (frame.top - 4)...(frame.bottom - (notes ? 10 : -8)))
    for (index, line) in series.enumerated() {
      let color = Palette.line(line.color)
      let points = line.points.map { frame.place($0, x, y) }
      parts.append(Markup.path(points, color: color, width: line.isBold ? 3 : 1.8))
      for point in line.showsPoints ? points : [ends[index]] {
        parts.append(Markup.dot(point, radius: 3.5, color: color))
      }
      parts += label(line, from: ends[index], to: places[index], frame)
    }
    return Markup.picture(size.width, size.height, title: title, parts)
  }

  private var labelWidth: Double {
    series.map {
      max(Markup.width(of: $0.label, size: 12), Markup.width(of: $0.note, size: 11))
    }.max() ?? 0
  }

  private func headings(_ frame: Frame) -> [String] {
    frame.headings(title, x: xTitle, y: yTitle, height: size.height)
      + (subtitle.isEmpty ? [] : [Markup.text(subtitle, x: 8, y: 36, color: Palette.quiet)])
  }

  private func label(
    _ line: Series, from end: (x: Double, y: Double), to y: Double, _ frame: Frame
  ) -> [String] {
    let color = Palette.line(line.color)
    let corner = frame.right + 4
    let dashes = end.x < frame.right - 6 ? "2 4" : nil
    var parts: [String] = []
    if dashes != nil {
      parts.append(
        Markup.line(
          (end.x + 5, end.y), (corner, end.y), color: color + "88", width: 1, dashes: dashes))
    }
    parts.append(Markup.line((corner, end.y), (corner + 14, y), color: color + "aa"))
    parts.append(Markup.text(line.label, x: corner + 18, y: y + 4, color: color, weight: "500"))
    if !line.note.isEmpty {
      parts.append(
        Markup.text(line.note, x: corner + 18, y: y + 18, size: 11, color: Palette.quiet))
    }
    return parts
  }
}
