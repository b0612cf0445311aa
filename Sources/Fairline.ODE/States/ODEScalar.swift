/// The numbers that states consist of: `Double` and `Float`.
///
/// The loops over elements are requirements, compiled for each of the two types, so that code that
/// is generic over states costs one call for each loop, not one for each element.
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

extension ODEScalar {
  /// `target = base + scale * sum_j weights[j] * terms[j]` for the elements of a range.
  public static func combine(
    _ target: UnsafeMutablePointer<Self>, base: UnsafePointer<Self>?,
    terms: UnsafeMutablePointer<UnsafePointer<Self>>, weights: UnsafePointer<Double>,
    termCount: Int, scale: Double, range: Range<Int>
  ) {
    ElementKernels<Self>.combine(
      target, base: base, terms: terms, weights: weights, termCount: termCount, scale: scale,
      range: range)
  }

  /// Measures such a combination, each element divided by its tolerated error.
  public static func measure(
    base: UnsafePointer<Self>?, terms: UnsafeMutablePointer<UnsafePointer<Self>>,
    weights: UnsafePointer<Double>, termCount: Int, scale: Double, first: UnsafePointer<Self>,
    second: UnsafePointer<Self>, relative: Double, absolute: Double, range: Range<Int>
  ) -> Measure {
    ElementKernels<Self>.measure(
      base: base, terms: terms, weights: weights, termCount: termCount, scale: scale,
      first: first, second: second, relative: relative, absolute: absolute, range: range)
  }

  /// `target += factor * source`.
  public static func add(
    _ target: UnsafeMutablePointer<Self>, _ source: UnsafePointer<Self>, times factor: Double,
    count: Int
  ) {
    ElementKernels<Self>.add(target, source, Self(factor), count)
  }

  /// The inner product.
  public static func dot(
    _ x: UnsafePointer<Self>, _ y: UnsafePointer<Self>, count: Int
  ) -> Double {
    ElementKernels<Self>.dot(x, y, count)
  }

  /// Whether no element is infinite or not a number.
  public static func areFinite(_ x: UnsafePointer<Self>, count: Int) -> Bool {
    ElementKernels<Self>.isFinite(x, count)
  }
}

extension Double: ODEScalar {}

extension Float: ODEScalar {}
