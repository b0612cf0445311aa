extension Double: ODEScalar {
  /// `target = base + scale * sum_j weights[j] * terms[j]` for the elements of a range.
  public static func combine(
    _ target: UnsafeMutablePointer<Double>, base: UnsafePointer<Double>?,
    terms: UnsafeMutablePointer<UnsafePointer<Double>>, weights: UnsafePointer<Double>,
    termCount: Int, scale: Double, range: Range<Int>
  ) {
    ElementKernels<Double>.combine(
      target, base: base, terms: terms, weights: weights, termCount: termCount, scale: scale,
      range: range)
  }

  /// Measures such a combination, each element divided by its tolerated error.
  public static func measure(
    base: UnsafePointer<Double>?, terms: UnsafeMutablePointer<UnsafePointer<Double>>,
    weights: UnsafePointer<Double>, termCount: Int, scale: Double, first: UnsafePointer<Double>,
    second: UnsafePointer<Double>, relative: Double, absolute: Double, range: Range<Int>
  ) -> Measure {
    ElementKernels<Double>.measure(
      base: base, terms: terms, weights: weights, termCount: termCount, scale: scale,
      first: first, second: second, relative: relative, absolute: absolute, range: range)
  }

  /// `target += factor * source`.
  public static func add(
    _ target: UnsafeMutablePointer<Double>, _ source: UnsafePointer<Double>, times factor: Double,
    count: Int
  ) {
    ElementKernels<Double>.add(target, source, Double(factor), count)
  }

  /// The inner product.
  public static func dot(
    _ x: UnsafePointer<Double>, _ y: UnsafePointer<Double>, count: Int
  ) -> Double {
    ElementKernels<Double>.dot(x, y, count)
  }

  /// Whether no element is infinite or not a number.
  public static func areFinite(_ x: UnsafePointer<Double>, count: Int) -> Bool {
    ElementKernels<Double>.isFinite(x, count)
  }
}
