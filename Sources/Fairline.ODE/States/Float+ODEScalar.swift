extension Float: ODEScalar {
  /// `target = base + scale * sum_j weights[j] * terms[j]` for the elements of a range.
  public static func combine(
    _ target: UnsafeMutablePointer<Float>, base: UnsafePointer<Float>?,
    terms: UnsafeMutablePointer<UnsafePointer<Float>>, weights: UnsafePointer<Double>,
    termCount: Int, scale: Double, range: Range<Int>
  ) {
    ElementKernels<Float>.combine(
      target, base: base, terms: terms, weights: weights, termCount: termCount, scale: scale,
      range: range)
  }

  /// Measures such a combination, each element divided by its tolerated error.
  public static func measure(
    base: UnsafePointer<Float>?, terms: UnsafeMutablePointer<UnsafePointer<Float>>,
    weights: UnsafePointer<Double>, termCount: Int, scale: Double, first: UnsafePointer<Float>,
    second: UnsafePointer<Float>, relative: Double, absolute: Double, range: Range<Int>
  ) -> Measure {
    ElementKernels<Float>.measure(
      base: base, terms: terms, weights: weights, termCount: termCount, scale: scale,
      first: first, second: second, relative: relative, absolute: absolute, range: range)
  }

  /// `target += factor * source`.
  public static func add(
    _ target: UnsafeMutablePointer<Float>, _ source: UnsafePointer<Float>, times factor: Double,
    count: Int
  ) {
    ElementKernels<Float>.add(target, source, Float(factor), count)
  }

  /// The inner product.
  public static func dot(
    _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>, count: Int
  ) -> Double {
    ElementKernels<Float>.dot(x, y, count)
  }

  /// Whether no element is infinite or not a number.
  public static func areFinite(_ x: UnsafePointer<Float>, count: Int) -> Bool {
    ElementKernels<Float>.isFinite(x, count)
  }
}
