import Foundation

/// A picture of several panels under one title, written as SVG.
public struct Figure {
  private let title: String
  private let subtitle: String
  private let columns: Int
  private var panels: [Panel] = []
  private let margin = 28.0
  private let header = 86.0

  /// Makes a picture without panels.
  public init(title: String, subtitle: String, columns: Int) {
    self.title = title
    self.subtitle = subtitle
    self.columns = columns
  }

  /// Adds a panel to the right of the last one, or to the next row.
  public mutating func add(_ panel: Panel) { panels.append(panel) }

  /// The picture as the text of an SVG file.
  public var svg: String {
    let rows = stride(from: 0, to: panels.count, by: columns).map {
      panels[$0..<min($0 + columns, panels.count)]
    }
    let width = (rows.map { $0.reduce(0) { $0 + $1.outerWidth } }.max() ?? 0) + 2 * margin
    let height =
      rows.reduce(0) { $0 + ($1.map(\.outerHeight).max() ?? 0) } + header + margin
    var text = """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(short(width))" height="\(short(height))" \
      viewBox="0 0 \(short(width)) \(short(height))" \
      font-family="Helvetica, Arial, 'DejaVu Sans', sans-serif">
      <rect width="100%" height="100%" fill="white"/>
      <text x="\(short(margin + 12))" y="42" font-size="22" font-weight="bold" \
      fill="\(Color.ink.svg)">\(escaped(title))</text>
      <text x="\(short(margin + 12))" y="66" font-size="14" \
      fill="\(Color.ink.mixed(with: .paper, 0.3).svg)">\(escaped(subtitle))</text>

      """
    var y = header
    for row in rows {
      var x = margin
      for panel in row {
        text += panel.svg(x: x, y: y)
        x += panel.outerWidth
      }
      y += row.map(\.outerHeight).max() ?? 0
    }
    return text + "</svg>\n"
  }

  /// Writes the picture and returns where it lies.
  public func write(to folder: URL, as name: String) throws -> URL {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let file = folder.appendingPathComponent(name)
    try Data(svg.utf8).write(to: file)
    return file
  }
}

/// A number with the digits that a picture needs.
func short(_ value: Double) -> String {
  let rounded = (value * 10).rounded() / 10
  return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
}

func escaped(_ text: String) -> String {
  text.replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(of: "<", with: "&lt;")
}
