/// The size of one part of a scaled error: enough to compute the usual norms without keeping the
/// error.
public struct Measure: Sendable {
  /// The sum of the squares.
  public var sumOfSquares: Double
  /// The largest absolute value.
  public var maximum: Double
  /// The number of elements.
  public var count: Int
  /// Whether all values, and the states that scaled them, were finite.
  public var isFinite: Bool

  /// Makes a measure.
  public init(sumOfSquares: Double, maximum: Double, count: Int, isFinite: Bool = true) {
    self.sumOfSquares = sumOfSquares
    self.maximum = maximum
    self.count = count
    self.isFinite = isFinite
  }

  /// The root of the mean of the squares; 0 without elements.
  public var rootMeanSquare: Double {
    count == 0 ? 0 : (sumOfSquares / Double(count)).squareRoot()
  }

  /// The measure of several parts together.
  public static func together(_ parts: some Sequence<Measure>) -> Measure {
    var whole = Measure(sumOfSquares: 0, maximum: 0, count: 0)
    for part in parts {
      whole.sumOfSquares += part.sumOfSquares
      // A NaN must not get lost among numbers.
      whole.maximum =
        part.maximum > whole.maximum || part.maximum.isNaN
        ? part.maximum : whole.maximum
      whole.count += part.count
      whole.isFinite = whole.isFinite && part.isFinite
    }
    return whole
  }
}
