/// Named points on two axes.
public struct PointChart: Sendable {
  /// One point.
  public struct Point: Sendable {
    /// Its name.
    public var label: String
    /// Its place in the palette.
    public var color: Int
    /// Its place on the horizontal axis.
    public var x: Double
    /// Its place on the vertical axis.
    public var y: Double

    /// Makes a point.
    public init(_ label: String, color: Int, x: Double, y: Double) {
      (self.label, self.color, self.x, self.y) = (label, color, x, y)
    }
  }

  /// What stands above it.
  public var title: String
  /// What the horizontal axis shows, by factors.
  public var xTitle: String
  /// What the vertical axis shows.
  public var yTitle: String
  /// The points.
  public var points: [Point]
  /// The size of the picture.
  public var size = (width: 1160.0, height: 420.0)

  /// Makes a chart.
  public init(_ title: String, x: String, y: String, _ points: [Point]) {
    self.title = title
    (xTitle, yTitle) = (x, y)
    self.points = points
  }

  /// The picture.
  public var svg: String {
    let x = Axis(points.map(\.x), isLogarithmic: true)
    let y = Axis(points.map(\.y))
    let frame = Frame(left: 52, right: size.width - 110, top: 38, bottom: size.height - 44)
    var parts =
      frame.headings(title, x: xTitle, y: yTitle, height: size.height) + frame.grid(x, y)
    let places = points.map { frame.place(($0.x, $0.y), x, y) }
    let labels = Self.labels(points.map(\.label), at: places, in: frame)
    for (index, point) in points.enumerated() {
      let color = Palette.line(point.color)
      let (place, label) = (places[index], labels[index])
      if label.isFar {
        let height = label.box.y + 9
        let near = place.x < label.box.x ? label.box.x - 2 : label.box.x + label.box.width + 2
        parts.append(Markup.line(place, (near, height), color: color + "66"))
      }
      parts.append(Markup.dot(place, radius: 5.5, color: color))
      parts.append(
        Markup.text(
          point.label, x: label.box.x, y: label.box.y + 12, color: color, weight: "500"))
    }
    return Markup.picture(size.width, size.height, title: title, parts)
  }

  private struct Box {
    var x: Double
    var y: Double
    var width: Double
    var height = 16.0

    func meets(_ other: Box) -> Bool {
      x < other.x + other.width && other.x < x + width && y < other.y + other.height
        && other.y < y + height
    }
  }

  /// Places for the labels where they cover neither each other nor a point, the nearest there are.
  private static func labels(
    _ texts: [String], at places: [(x: Double, y: Double)], in frame: Frame
  ) -> [(box: Box, isFar: Bool)] {
    var taken = places.map { Box(x: $0.x - 6, y: $0.y - 6, width: 12, height: 12) }
    return texts.indices.map { index in
      let width = Markup.width(of: texts[index], size: 12) + 4
      let place = places[index]
      var best: (box: Box, isFar: Bool)?
      search: for ring in 0..<10 {
        let far = Double(ring) * 17
        let heights = ring == 0 ? [0.0] : [-far, far]
        for shift in [10.0, 26, 60, 110] where ring > 0 || shift == 10 {
          for side in [1.0, -1] {
            for height in heights {
              let left = side > 0 ? place.x + shift : place.x - shift - width
              let box = Box(x: left, y: place.y - 8 + height, width: width)
              guard box.x >= frame.left + 2, box.x + width <= frame.right + 108,
                box.y >= frame.top - 10, box.y <= frame.bottom - 14,
                !taken.contains(where: box.meets)
              else { continue }
              best = (box, ring > 0)
              break search
            }
          }
        }
      }
      let found = best ?? (Box(x: place.x + 10, y: place.y - 8, width: width), false)
      taken.append(found.box)
      return found
    }
  }
}
