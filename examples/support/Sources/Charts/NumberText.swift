import Foundation

/// How charts write numbers.
enum NumberText {
  /// At most six significant digits and no needless zeros.
  static func general(_ value: Double) -> String { String(format: "%g", value) }

  /// The same, rounded to this many decimals before.
  static func general(_ value: Double, digits: Int) -> String {
    general(Double(fixed(value, digits)) ?? value)
  }

  /// Exactly this many decimals.
  static func fixed(_ value: Double, _ digits: Int) -> String {
    String(format: "%.\(digits)f", value)
  }

  /// A count that may be an average: `4`, `17.3`.
  static func count(_ value: Double) -> String {
    fixed(value, abs(value - value.rounded()) < 0.05 ? 0 : 1)
  }

  /// A whole number with commas between groups of three digits.
  static func grouped(_ value: Int) -> String {
    let digits = String(value.magnitude)
    var text = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    return value < 0 ? "-" + text : text
  }
}
