/// Horizontal bars of two parts, each bar named at its left.
public struct BarChart: Sendable {
  /// One bar.
  public struct Bar: Sendable {
    /// Its name.
    public var label: String
    /// Its first part.
    public var first: Double
    /// Its second part.
    public var second: Double

    /// Makes a bar.
    public init(_ label: String, first: Double, second: Double) {
      (self.label, self.first, self.second) = (label, first, second)
    }
  }

  /// What stands above it.
  public var title: String
  /// The names of both parts.
  public var parts: (first: String, second: String)
  /// The bars from top to bottom.
  public var bars: [Bar]
  /// The width of the picture.
  public var width = 1160.0

  /// Makes a chart.
  public init(_ title: String, parts: (first: String, second: String), _ bars: [Bar]) {
    self.title = title
    self.parts = parts
    self.bars = bars
  }

  /// The picture.
  public var svg: String {
    let pitch = 25.0
    let top = 62.0
    let left = (bars.map { Markup.width(of: $0.label, size: 12) }.max() ?? 0) + 18
    let right = width - 70
    let axis = Axis(bars.map { $0.first + $0.second }, includesZero: true)
    let colors = (Palette.line(6), Palette.line(3))
    var drawn = [
      Markup.text(title, x: 8, y: 18, size: 14, color: "#1d2433", weight: "600"),
      "<rect x=\"\(Markup.number(left))\" y=\"34\" width=\"11\" height=\"11\" rx=\"2\" "
        + "fill=\"\(colors.0)\"/>",
      Markup.text(parts.first, x: left + 17, y: 44),
    ]
    let next = left + 40 + Markup.width(of: parts.first, size: 12)
    drawn.append(
      "<rect x=\"\(Markup.number(next))\" y=\"34\" width=\"11\" height=\"11\" rx=\"2\" "
        + "fill=\"\(colors.1)\"/>"
    )
    drawn.append(Markup.text(parts.second, x: next + 17, y: 44))
    for (index, bar) in bars.enumerated() {
      let y = top + Double(index) * pitch
      func x(_ value: Double) -> Double { left + (right - left) * axis.place(value) }
      let (start, middle, end) = (x(0), x(bar.first), x(bar.first + bar.second))
      drawn.append(
        Markup.text(bar.label, x: left - 9, y: y + 13, anchor: "end"))
      drawn.append(Self.rectangle(start, middle, y, colors.0))
      drawn.append(Self.rectangle(middle, end, y, colors.1))
      drawn.append(
        Markup.text(
          "\(NumberText.count(bar.first)) + \(NumberText.count(bar.second))", x: end + 7, y: y + 13,
          size: 11, color: Palette.quiet))
    }
    let height = top + Double(bars.count) * pitch + 8
    return Markup.picture(width, height, title: title, drawn)
  }

  private static func rectangle(
    _ from: Double, _ to: Double, _ y: Double, _ color: String
  ) -> String {
    "<rect x=\"\(Markup.number(from))\" y=\"\(Markup.number(y))\" "
      + "width=\"\(Markup.number(max(0, to - from - 1)))\" height=\"17\" rx=\"2\" "
      + "fill=\"\(color)\"/>"
  }
}
