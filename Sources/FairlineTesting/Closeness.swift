public import FairlineTensor

/// The worst difference between two lists of numbers.
public struct Difference: CustomStringConvertible, Sendable {
  /// Where it is.
  public let index: Int
  /// The number observed there.
  public let observed: Double
  /// The number expected there.
  public let expected: Double

  /// How far the two are apart.
  public var size: Double { abs(observed - expected) }

  /// Names the place and both numbers.
  public var description: String {
    "index \(index): observed \(observed), expected \(expected), off by \(size)"
  }
}

/// Compares numbers with an absolute and a relative tolerance.
///
/// - Returns: nil when all are close, otherwise the worst place or a sentence about the count.
public func mismatch(
  _ observed: [Float], _ expected: [Float], absolute: Double, relative: Double = 0
) -> String? {
  guard observed.count == expected.count else {
    return "\(observed.count) numbers observed, \(expected.count) expected"
  }
  var worst: (excess: Double, difference: Difference)?
  for (index, (a, b)) in zip(observed, expected).enumerated() {
    if a == b { continue }
    let difference = Difference(index: index, observed: Double(a), expected: Double(b))
    let excess = difference.size - absolute - relative * abs(Double(b))
    // A comparison with "not at most" catches NaN too.
    if !(excess <= 0), !(excess <= worst?.excess ?? 0) { worst = (excess, difference) }
  }
  return worst?.difference.description
}

/// Compares a tensor with another one, shapes included.
///
/// - Returns: nil when they are close, otherwise what is wrong.
public func mismatch(
  _ observed: Tensor, _ expected: Tensor, absolute: Double, relative: Double = 0
) -> String? {
  guard observed.shape == expected.shape else {
    return "shape \(observed.shape) observed, \(expected.shape) expected"
  }
  return mismatch(
    observed.scalars, expected.scalars, absolute: absolute, relative: relative)
}
