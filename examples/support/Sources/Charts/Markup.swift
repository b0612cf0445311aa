/// Small pieces of HTML and SVG.
public enum Markup {
  /// A text with the characters that mean something in HTML written otherwise.
  public static func escaped(_ text: String) -> String {
    var result = ""
    for character in text {
      switch character {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      default: result.append(character)
      }
    }
    return result
  }

  /// A coordinate with one decimal.
  static func number(_ value: Double) -> String { NumberText.general(value, digits: 1) }

  /// A text in a picture.
  static func text(
    _ text: String, x: Double, y: Double, size: Double = 12, anchor: String = "start",
    color: String = Palette.ink, weight: String = "400", turned: Bool = false
  ) -> String {
    let turn = turned ? " transform=\"rotate(-90 \(number(x)) \(number(y)))\"" : ""
    return
      "<text x=\"\(number(x))\" y=\"\(number(y))\" font-size=\"\(number(size))\" "
      + "text-anchor=\"\(anchor)\" fill=\"\(color)\" "
      + "font-weight=\"\(weight)\"\(turn)>\(escaped(text))</text>"
  }

  /// A straight line.
  static func line(
    _ from: (x: Double, y: Double), _ to: (x: Double, y: Double), color: String,
    width: Double = 1, dashes: String? = nil
  ) -> String {
    let pattern = dashes.map { " stroke-dasharray=\"\($0)\"" } ?? ""
    return
      "<line x1=\"\(number(from.x))\" y1=\"\(number(from.y))\" x2=\"\(number(to.x))\" "
      + "y2=\"\(number(to.y))\" stroke=\"\(color)\" stroke-width=\"\(number(width))\"\(pattern)/>"
  }

  /// A line through points.
  static func path(_ points: [(x: Double, y: Double)], color: String, width: Double = 2) -> String {
    let list = points.map { "\(number($0.x)),\(number($0.y))" }.joined(separator: " ")
    return
      "<polyline points=\"\(list)\" fill=\"none\" stroke=\"\(color)\" "
      + "stroke-width=\"\(number(width))\" stroke-linejoin=\"round\" stroke-linecap=\"round\"/>"
  }

  /// A dot with a white rim.
  static func dot(_ place: (x: Double, y: Double), radius: Double, color: String) -> String {
    "<circle cx=\"\(number(place.x))\" cy=\"\(number(place.y))\" r=\"\(number(radius))\" "
      + "fill=\"\(color)\" stroke=\"#fff\" stroke-width=\"1.5\"/>"
  }

  /// A picture of given size, which fits the width it is given.
  static func picture(_ width: Double, _ height: Double, title: String, _ parts: [String]) -> String
  {
    let name = escaped(title)
    return
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(number(width)) "
      + "\(number(height))\" role=\"img\" aria-label=\"\(name)\" font-family=\"system-ui, "
      + "-apple-system, 'Segoe UI', Helvetica, Arial, sans-serif\">\n<title>\(name)</title>\n"
      + parts.joined(separator: "\n") + "\n</svg>"
  }

  /// About how wide a text is.
  static func width(of text: String, size: Double) -> Double { 0.56 * size * Double(text.count) }
}
