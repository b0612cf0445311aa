import Foundation

/// Middles, slopes, and how numbers are written.
enum Numbers {
  /// The median; the mean of the middle two of an even number.
  static func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    guard !sorted.isEmpty else { return .nan }
    return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
  }

  /// The exponent of a power law through points, by least squares of logarithms; nil for fewer than
  /// two.
  static func exponent(_ points: [(x: Double, y: Double)]) -> Double? {
    let logs = points.filter { $0.x > 0 && $0.y > 0 }.map { (x: log($0.x), y: log($0.y)) }
    guard logs.count > 1 else { return nil }
    let count = Double(logs.count)
    let (x, y) = (logs.reduce(0) { $0 + $1.x } / count, logs.reduce(0) { $0 + $1.y } / count)
    let spread = logs.reduce(0) { $0 + ($1.x - x) * ($1.x - x) }
    guard spread > 0 else { return nil }
    return logs.reduce(0) { $0 + ($1.x - x) * ($1.y - y) } / spread
  }

  /// The exponent of what grows over a constant, from the last three points that each lie twice as
  /// far as the one before.
  static func exponentOverConstant(_ points: [(x: Double, y: Double)]) -> Double? {
    guard points.count > 2 else { return nil }
    let last = points.sorted { $0.x < $1.x }.suffix(3).map(\.self)
    let (first, second) = (last[1].y - last[0].y, last[2].y - last[1].y)
    guard abs(last[2].x / last[1].x - 2) < 1e-6, abs(last[1].x / last[0].x - 2) < 1e-6,
      first > 0, second > 0
    else { return nil }
    return log2(second / first)
  }

  /// Three significant digits, whole from 100 on, thousands with commas.
  static func short(_ value: Double) -> String {
    guard value.isFinite else { return "–" }
    if abs(value) >= 100 { return grouped(value) }
    return String(format: abs(value) >= 10 ? "%.1f" : abs(value) >= 1 ? "%.2f" : "%.3f", value)
  }

  /// A number with this many decimals and a proper minus sign.
  static func fixed(_ value: Double, _ digits: Int) -> String {
    String(format: "%.\(digits)f", value).replacingOccurrences(of: "-", with: "−")
  }

  /// An exponent with two decimals in small raised digits.
  static func raised(_ exponent: Double) -> String {
    let small = Dictionary(uniqueKeysWithValues: zip("0123456789−.", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻·"))
    return String(fixed(exponent, 2).compactMap { small[$0] })
  }

  private static func grouped(_ value: Double) -> String {
    let digits = String(Int(abs(value).rounded()))
    var text = value < 0 ? "−" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    return text
  }
}
