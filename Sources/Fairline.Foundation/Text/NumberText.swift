import Foundation

/// How numbers are written in logs.
public enum NumberText {
  /// A number with at most six significant digits and no needless zeros, as C's `%g` writes it.
  ///
  /// What is not a number is `nan`, whatever its sign.
  ///
  /// - Parameter digits: decimals to round to before, or nil for none.
  public static func general(_ value: Double, digits: Int? = nil) -> String {
    if value.isNaN { return "nan" }
    guard let digits, value.isFinite else { return String(format: "%g", value) }
    return String(format: "%g", rounded(value, digits))
  }

  /// A number with exactly this many decimals.
  public static func fixed(_ value: Double, _ digits: Int) -> String {
    String(format: "%.\(digits)f", value)
  }

  /// The decimal nearest to the number with this many digits behind the point.
  ///
  /// Rounds as printing does, from the exact value, so that 2.675 (which lies below) gives 2.67.
  public static func rounded(_ value: Double, _ digits: Int) -> Double {
    Double(fixed(value, digits)) ?? value
  }

  /// A whole number with commas between groups of three digits.
  public static func grouped(_ value: Int) -> String {
    let digits = String(value.magnitude)
    var text = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    return value < 0 ? "-" + text : text
  }

  /// Two to the power of a loss in base 2, infinite on overflow.
  public static func perplexity(_ loss: Double) -> Double { exp2(loss) }
}
