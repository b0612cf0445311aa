/// A colour of a picture.
public struct Color: Sendable {
  /// Red, green, blue from 0 to 255.
  public let red, green, blue: UInt8

  /// Makes a colour from `0xRRGGBB`.
  public init(_ hex: UInt32) {
    red = UInt8(hex >> 16 & 255)
    green = UInt8(hex >> 8 & 255)
    blue = UInt8(hex & 255)
  }

  var svg: String { "rgb(\(red),\(green),\(blue))" }

  /// A mixture: this colour at 0, the other at 1.
  public func mixed(with other: Color, _ share: Double) -> Color {
    func mix(_ a: UInt8, _ b: UInt8) -> UInt32 {
      UInt32((Double(a) + share * (Double(b) - Double(a))).rounded())
    }
    return Color(
      mix(red, other.red) << 16 | mix(green, other.green) << 8 | mix(blue, other.blue))
  }

  // Distinguishable for the colour-blind (Okabe and Ito 2008).
  public static let blue = Color(0x1f6fb2)
  public static let orange = Color(0xd55e00)
  public static let green = Color(0x009e73)
  public static let purple = Color(0x8e5aa5)
  public static let ink = Color(0x24292f)
  public static let gray = Color(0x8c959f)
  public static let faint = Color(0xe3e7eb)
  public static let paper = Color(0xffffff)
}

/// Colours for the numbers from 0 to 1.
public struct ColorScale: Sendable {
  private let stops: [Color]

  /// Makes a scale of evenly spaced colours.
  public init(_ stops: [Color]) { self.stops = stops }

  /// The colour of a number.
  public func callAsFunction(_ value: Double) -> Color {
    let place = min(max(value, 0), 1) * Double(stops.count - 1)
    let index = min(Int(place), stops.count - 2)
    return stops[index].mixed(with: stops[index + 1], place - Double(index))
  }

  /// From paper over blue to night, for densities.
  public static let density = ColorScale([
    Color(0xffffff), Color(0xd6e6f4), Color(0x9cc4e3), Color(0x559fcd), Color(0x2171b5),
    Color(0x0b4283), Color(0x081d4a),
  ])
  /// From blue over paper to orange, for choices between two classes.
  public static let choice = ColorScale([
    Color(0x5b9bd0), Color(0xc3dbee), Color(0xfafafa), Color(0xf8d3b4), Color(0xe58a45),
  ])
}
