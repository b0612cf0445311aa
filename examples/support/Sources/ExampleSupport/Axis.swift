import Foundation

/// One axis of a coordinate system.
struct Axis {
  let range: ClosedRange<Double>
  let name: String

  func fraction(_ value: Double) -> Double {
    (value - range.lowerBound) / (range.upperBound - range.lowerBound)
  }

  /// The distance of the marks: 1, 2 or 5 times a power of ten.
  private var step: Double {
    let rough = (range.upperBound - range.lowerBound) / 5
    let power = pow(10, floor(log10(rough)))
    let choice = [1.0, 2, 5, 10].first { $0 * power >= rough } ?? 10
    return choice * power
  }

  /// The numbers that are marked.
  var ticks: [Double] {
    let first = (range.lowerBound / step - 1e-9).rounded(.up)
    let last = (range.upperBound / step + 1e-9).rounded(.down)
    return stride(from: first, through: last, by: 1).map { $0 * step }
  }

  func text(_ tick: Double) -> String {
    let digits = max(0, Int(-floor(log10(step) + 1e-9)))
    let text = String(format: "%.\(digits)f", abs(tick) < step / 2 ? 0 : tick)
    return text.replacingOccurrences(of: "-", with: "\u{2212}")
  }
}
