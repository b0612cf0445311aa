import Foundation

/// One direction of a chart: its range, its marks, and where a value lies.
public struct Axis: Sendable {
  /// Whether equal factors are equally far apart.
  public let isLogarithmic: Bool
  /// The ends of the axis.
  public let range: ClosedRange<Double>
  /// The values that are marked.
  public let marks: [Double]

  /// An axis that holds all values, with about five marks at round numbers.
  ///
  /// - Parameters:
  ///   - values: what is shown; values that are not finite, or not above 0 where logarithmic, are
  ///     left out.
  ///   - isLogarithmic: whether equal factors are equally far apart.
  ///   - includesZero: whether the axis begins at 0.
  ///   - isTight: whether the axis ends where the values do.
  ///   - marks: the values to mark; round numbers when there are none.
  public init(
    _ values: some Sequence<Double>, isLogarithmic: Bool = false, includesZero: Bool = false,
    isTight: Bool = false, marks chosen: [Double] = []
  ) {
    let shown = values.filter { $0.isFinite && (!isLogarithmic || $0 > 0) }
    var least = shown.min() ?? (isLogarithmic ? 1 : 0)
    var most = shown.max() ?? 1
    if includesZero, !isLogarithmic { (least, most) = (min(0, least), max(0, most)) }
    self.isLogarithmic = isLogarithmic
    if isLogarithmic {
      if most < least * 1.5 { (least, most) = (least / 1.5, most * 1.5) }
      let room = pow(most / least, 0.04)
      (least, most) = (least / room, most * room)
      range = least...most
      marks = chosen.isEmpty ? Self.logarithmicMarks(range) : chosen.filter(range.contains)
    } else {
      if most - least < 1e-9 { (least, most) = (least - 0.5, most + 0.5) }
      let step = Self.roundStep((most - least) / 5)
      let first = includesZero && least == 0 ? 0 : (least / step).rounded(.down) * step
      let last = (most / step - 1e-9).rounded(.up) * step
      range = isTight ? least...most : first...last
      let (low, high) = (range.lowerBound - 1e-6 * step, range.upperBound + 1e-6 * step)
      let round = chosen.isEmpty ? Self.marks(from: first, to: last, by: step) : chosen
      marks = round.filter { low <= $0 && $0 <= high }
    }
  }

  /// Where a value lies: 0 at the beginning, 1 at the end; values beyond lie at the ends.
  public func place(_ value: Double) -> Double {
    let part =
      isLogarithmic
      ? log(value / range.lowerBound) / log(range.upperBound / range.lowerBound)
      : (value - range.lowerBound) / (range.upperBound - range.lowerBound)
    return min(1, max(0, part))
  }

  /// A mark as it is written.
  public func label(_ mark: Double) -> String {
    if abs(mark) >= 1000 { return NumberText.grouped(Int(mark.rounded())) }
    if isLogarithmic { return NumberText.general(mark) }
    let step = marks.count > 1 ? marks[1] - marks[0] : 1
    return NumberText.fixed(mark, max(0, Int((-log10(step) - 1e-9).rounded(.up))))
  }

  /// 1, 2 or 5 times a power of ten, at least as large as a number.
  static func roundStep(_ value: Double) -> Double {
    let power = pow(10, log10(value).rounded(.down))
    let factor = [1.0, 2, 5, 10].first { $0 * power >= value * 0.999 } ?? 10
    return factor * power
  }

  private static func marks(from first: Double, to last: Double, by step: Double) -> [Double] {
    (0...max(0, Int(((last - first) / step).rounded()))).map {
      // Multiples of the step, so that zero is exactly zero.
      ((first / step).rounded() + Double($0)) * step
    }
  }

  private static func logarithmicMarks(_ range: ClosedRange<Double>) -> [Double] {
    let (low, high) = (range.lowerBound, range.upperBound)
    let decades = log10(high / low)
    if decades < 0.8 {
      let step = roundStep((high - low) / 6)
      return marks(from: (low / step).rounded(.down) * step, to: high, by: step)
        .filter(range.contains)
    }
    let factors: [Double] =
      decades > 2.5 ? [1] : decades > 1.6 ? [1, 3] : decades > 1.2 ? [1, 2, 5] : [1, 2, 3, 5, 7]
    return (Int(log10(low).rounded(.down))...Int(log10(high).rounded(.up)))
      .flatMap { power in factors.map { $0 * pow(10, Double(power)) } }.filter(range.contains)
  }
}
