/// The numbers that states consist of: `Double` and `Float`.
///
/// Each brings the loops over elements compiled for itself, so that code that is generic over
/// states costs one call for each loop, not one for each element.
public protocol ODEScalar: BinaryFloatingPoint, SIMDScalar, Codable, Sendable {
  /// `target = base + scale * sum_j weights[j] * terms[j]` for the elements of a range; terms of
  /// weight zero are left out already.
  static func combine(
    _ target: UnsafeMutablePointer<Self>, base: UnsafePointer<Self>?,
    terms: UnsafeMutablePointer<UnsafePointer<Self>>, weights: UnsafePointer<Double>,
    termCount: Int, scale: Double, range: Range<Int>)

  /// Measures such a combination, each element divided by `absolute + relative * max(|first|,
  /// |second|)`.
  static func measure(
    base: UnsafePointer<Self>?, terms: UnsafeMutablePointer<UnsafePointer<Self>>,
    weights: UnsafePointer<Double>, termCount: Int, scale: Double, first: UnsafePointer<Self>,
    second: UnsafePointer<Self>, relative: Double, absolute: Double, range: Range<Int>
  ) -> Measure

  /// `target += factor * source`.
  static func add(
    _ target: UnsafeMutablePointer<Self>, _ source: UnsafePointer<Self>, times factor: Double,
    count: Int)

  /// The inner product.
  static func dot(_ x: UnsafePointer<Self>, _ y: UnsafePointer<Self>, count: Int) -> Double

  /// Whether no element is infinite or not a number.
  static func areFinite(_ x: UnsafePointer<Self>, count: Int) -> Bool
}
