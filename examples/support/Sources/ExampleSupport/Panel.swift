import Foundation

/// A point of the plane.
public typealias Point = (x: Double, y: Double)

/// One coordinate system of a picture, with what is drawn in it.
public struct Panel {
  private let title: String
  private let x: Axis
  private let y: Axis
  private let width: Double
  private let height: Double
  private var shapes: [String] = []
  private var legend: [(name: String, color: Color, isLine: Bool)] = []
  private let id: Int

  private let left = 58.0
  private let right = 16.0
  private let top = 34.0
  private let bottom = 56.0

  /// Makes a coordinate system; without axes' names it has no axes, as for drawings in perspective.
  public init(
    title: String, x: ClosedRange<Double>, y: ClosedRange<Double>, xName: String = "",
    yName: String = "", width: Double = 380, height: Double = 380
  ) {
    self.title = title
    self.x = Axis(range: x, name: xName)
    self.y = Axis(range: y, name: yName)
    self.width = width
    self.height = height
    var hash = 5381
    for byte in (title + xName + yName).utf8 { hash = (hash &* 33 ^ Int(byte)) & 0xff_ffff }
    id = hash
  }

  var outerWidth: Double { left + width + right }
  var outerHeight: Double { top + height + bottom }

  private func place(_ point: Point) -> (Double, Double) {
    (x.fraction(point.x) * width, (1 - y.fraction(point.y)) * height)
  }

  private func isDrawable(_ point: Point) -> Bool { point.x.isFinite && point.y.isFinite }

  /// Draws a line through points.
  public mutating func line(
    _ points: [Point], _ color: Color, width: Double = 1.5, opacity: Double = 1,
    dashes: String = ""
  ) {
    let path = points.filter(isDrawable).map { point in
      let (px, py) = place(point)
      return "\(short(px)),\(short(py))"
    }.joined(separator: " ")
    shapes.append(
      "<polyline points=\"\(path)\" fill=\"none\" stroke=\"\(color.svg)\" "
        + "stroke-width=\"\(width)\" stroke-opacity=\"\(opacity)\" stroke-linejoin=\"round\" "
        + (dashes.isEmpty ? "" : "stroke-dasharray=\"\(dashes)\" ") + "/>")
  }

  /// Fills the inside of a line.
  public mutating func area(_ points: [Point], _ color: Color, opacity: Double) {
    let path = points.filter(isDrawable).map { point in
      let (px, py) = place(point)
      return "\(short(px)),\(short(py))"
    }.joined(separator: " ")
    shapes.append(
      "<polygon points=\"\(path)\" fill=\"\(color.svg)\" fill-opacity=\"\(opacity)\"/>")
  }

  /// Draws dots.
  public mutating func dots(
    _ points: [Point], _ color: Color, radius: Double = 2, opacity: Double = 1,
    isOutlined: Bool = false
  ) {
    let edge = isOutlined ? " stroke=\"white\" stroke-width=\"0.7\"" : ""
    var text = "<g fill=\"\(color.svg)\" fill-opacity=\"\(opacity)\"\(edge)>"
    for point in points where isDrawable(point) {
      let (px, py) = place(point)
      text += "<circle cx=\"\(short(px))\" cy=\"\(short(py))\" r=\"\(radius)\"/>"
    }
    shapes.append(text + "</g>")
  }

  /// Fills the panel with the colours of numbers in rows, the first at the bottom.
  public mutating func heat(_ rows: [[Color]]) {
    let image = Pixels(rows: rows.reversed()).png.base64EncodedString()
    shapes.append(
      "<image width=\"\(short(width))\" height=\"\(short(height))\" preserveAspectRatio=\"none\" "
        + "href=\"data:image/png;base64,\(image)\"/>")
  }

  /// Adds a line to the legend.
  public mutating func explain(_ name: String, _ color: Color, isLine: Bool = false) {
    legend.append((name, color, isLine))
  }

  func svg(x left: Double, y top: Double) -> String {
    var text = """
      <g transform="translate(\(short(left + self.left)),\(short(top + self.top)))">
      <clipPath id="clip\(id)"><rect width="\(short(width))" height="\(short(height))"/></clipPath>
      <text x="0" y="-12" font-size="15" font-weight="bold" fill="\(Color.ink.svg)">\
      \(escaped(title))</text>

      """
    text += x.name.isEmpty ? "" : grid()
    text += "<g clip-path=\"url(#clip\(id))\">\n" + shapes.joined(separator: "\n") + "\n</g>\n"
    text += x.name.isEmpty ? "" : frame()
    return text + legendBox() + "</g>\n"
  }

  private func grid() -> String {
    var text = "<g stroke=\"\(Color.faint.svg)\" stroke-width=\"1\">"
    for tick in x.ticks {
      let px = short(x.fraction(tick) * width)
      text += "<line x1=\"\(px)\" x2=\"\(px)\" y1=\"0\" y2=\"\(short(height))\"/>"
    }
    for tick in y.ticks {
      let py = short((1 - y.fraction(tick)) * height)
      text += "<line x1=\"0\" x2=\"\(short(width))\" y1=\"\(py)\" y2=\"\(py)\"/>"
    }
    return text + "</g>\n"
  }

  private func frame() -> String {
    let ink = Color.ink.mixed(with: .paper, 0.25).svg
    var text =
      "<rect width=\"\(short(width))\" height=\"\(short(height))\" fill=\"none\" "
      + "stroke=\"\(Color.gray.svg)\"/>\n<g font-size=\"12\" fill=\"\(ink)\">"
    for tick in x.ticks {
      let px = short(x.fraction(tick) * width)
      text +=
        "<text x=\"\(px)\" y=\"\(short(height + 18))\" text-anchor=\"middle\">"
        + "\(x.text(tick))</text>"
    }
    for tick in y.ticks {
      let py = short((1 - y.fraction(tick)) * height + 4)
      text += "<text x=\"-8\" y=\"\(py)\" text-anchor=\"end\">\(y.text(tick))</text>"
    }
    text +=
      "<text x=\"\(short(width / 2))\" y=\"\(short(height + 38))\" text-anchor=\"middle\" "
      + "font-size=\"13\">\(escaped(x.name))</text>"
    text +=
      "<text transform=\"translate(-40,\(short(height / 2))) rotate(-90)\" "
      + "text-anchor=\"middle\" font-size=\"13\">\(escaped(y.name))</text>"
    return text + "</g>\n"
  }

  private func legendBox() -> String {
    guard !legend.isEmpty else { return "" }
    let size = 7.2 * Double(legend.map(\.name.count).max() ?? 0) + 40
    let boxHeight = 20 * Double(legend.count) + 10
    let (bx, by) = (width - size - 8, 8.0)
    var text =
      "<g transform=\"translate(\(short(bx)),\(short(by)))\" font-size=\"12\" "
      + "fill=\"\(Color.ink.svg)\"><rect width=\"\(short(size))\" height=\"\(short(boxHeight))\" "
      + "rx=\"4\" fill=\"white\" fill-opacity=\"0.88\" stroke=\"\(Color.faint.svg)\"/>"
    for (row, entry) in legend.enumerated() {
      let py = 20 * Double(row) + 15
      text +=
        entry.isLine
        ? "<line x1=\"8\" x2=\"26\" y1=\"\(short(py))\" y2=\"\(short(py))\" "
          + "stroke=\"\(entry.color.svg)\" stroke-width=\"2.4\"/>"
        : "<circle cx=\"17\" cy=\"\(short(py))\" r=\"4\" fill=\"\(entry.color.svg)\"/>"
      text += "<text x=\"33\" y=\"\(short(py + 4))\">\(escaped(entry.name))</text>"
    }
    return text + "</g>\n"
  }
}
