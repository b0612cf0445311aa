/// Loops over the elements of states in contiguous memory.
///
/// A combination of many states goes through memory once: blocks small enough for the first-level
/// cache are built up term by term.
enum ElementKernels<T: ODEScalar> {
  typealias Source = UnsafePointer<T>
  typealias Sources = UnsafeMutablePointer<UnsafePointer<T>>

  /// Elements in a block.
  static var block: Int { 512 }

  /// `target = base + scale * (weights[0] * terms[0] + ...)`; without terms and base, zero.
  @inline(__always)
  static func combine(
    _ target: UnsafeMutablePointer<T>, base: Source?, terms: Sources,
    weights: UnsafePointer<Double>, termCount: Int, scale: Double, range: Range<Int>
  ) {
    withUnsafeTemporaryAllocation(of: T.self, capacity: termCount + 1) { buffer in
      guard let factors = buffer.baseAddress else { return }
      for term in 0..<termCount { factors[term] = T(weights[term]) * T(scale) }
      var first = range.lowerBound
      while first < range.upperBound {
        let size = min(block, range.upperBound - first)
        combineBlock(
          target + first, base: base.map { $0 + first }, terms: terms, offset: first,
          factors: factors, termCount: termCount, size: size)
        first += size
      }
    }
  }

  /// Measures a combination block by block in a small buffer, so that it never exists as a whole.
  @inline(__always)
  static func measure(
    base: Source?, terms: Sources, weights: UnsafePointer<Double>, termCount: Int, scale: Double,
    first: Source, second: Source, relative: Double, absolute: Double, range: Range<Int>
  ) -> Measure {
    var measure = Measure(sumOfSquares: 0, maximum: 0, count: 0)
    withUnsafeTemporaryAllocation(of: T.self, capacity: block + termCount) { buffer in
      guard let error = buffer.baseAddress else { return }
      let factors = error + block
      for term in 0..<termCount { factors[term] = T(weights[term]) * T(scale) }
      var start = range.lowerBound
      while start < range.upperBound {
        let size = min(block, range.upperBound - start)
        combineBlock(
          error, base: base.map { $0 + start }, terms: terms, offset: start, factors: factors,
          termCount: termCount, size: size)
        accumulate(
          error, first: first + start, second: second + start, relative: T(relative),
          absolute: T(absolute), size, into: &measure)
        start += size
      }
    }
    return measure
  }

  @inline(__always)
  static func combineBlock(
    _ target: UnsafeMutablePointer<T>, base: Source?, terms: Sources, offset: Int,
    factors: UnsafeMutablePointer<T>, termCount: Int, size: Int
  ) {
    var term = termCount % 3
    switch term {
    case 1:
      let (a, x) = (factors[0], terms[0] + offset)
      for i in 0..<size { target[i] = a * x[i] }
    case 2:
      let (a, x) = (factors[0], terms[0] + offset)
      let (b, y) = (factors[1], terms[1] + offset)
      for i in 0..<size { target[i] = a * x[i] + b * y[i] }
    default:
      for i in 0..<size { target[i] = 0 }
    }
    while term < termCount {
      let (a, x) = (factors[term], terms[term] + offset)
      let (b, y) = (factors[term + 1], terms[term + 1] + offset)
      let (c, z) = (factors[term + 2], terms[term + 2] + offset)
      for i in 0..<size { target[i] += a * x[i] + b * y[i] + c * z[i] }
      term += 3
    }
    if let base {
      for i in 0..<size { target[i] = base[i] + target[i] }
    }
  }

  /// `target += factor * source`.
  @inline(__always)
  static func add(_ target: UnsafeMutablePointer<T>, _ source: Source, _ factor: T, _ n: Int) {
    for i in 0..<n { target[i] += factor * source[i] }
  }

  @inline(__always)
  private static func load(_ p: Source, _ i: Int) -> SIMD8<T> {
    UnsafeRawPointer(p + i).loadUnaligned(as: SIMD8<T>.self)
  }

  @inline(__always)
  static func dot(_ x: Source, _ y: Source, _ n: Int) -> Double {
    var sums = SIMD8<T>(repeating: 0)
    var i = 0
    var total = 0.0
    while i + 8 <= n {
      // Partial sums are folded into a Double now and then, so that long Float sums stay exact.
      let stop = min(n - 7, i + 4096)
      while i < stop {
        sums += load(x, i) * load(y, i)
        i += 8
      }
      total += Double(sums.sum())
      sums = SIMD8<T>(repeating: 0)
    }
    while i < n {
      total += Double(x[i] * y[i])
      i += 1
    }
    return total
  }

  /// Whether no element is infinite or NaN: zero times each adds up to zero only then.
  @inline(__always)
  static func isFinite(_ x: Source, _ n: Int) -> Bool {
    var sums = SIMD8<T>(repeating: 0)
    let zero = SIMD8<T>(repeating: 0)
    var i = 0
    while i + 8 <= n {
      sums += load(x, i) * zero
      i += 8
    }
    var sum = sums.sum()
    while i < n {
      sum += x[i] * 0
      i += 1
    }
    return sum == 0
  }

  /// Adds a block of errors, already in cache, to a measure; the block serves as scratch.
  ///
  /// The loops are plain where choices are made and use vectors where sums are, which is what
  /// compilers turn into vector code.
  @inline(__always)
  static func accumulate(
    _ error: UnsafeMutablePointer<T>, first: Source, second: Source, relative: T, absolute: T,
    _ n: Int, into measure: inout Measure
  ) {
    for i in 0..<n {
      let (x, y) = (abs(first[i]), abs(second[i]))
      error[i] /= absolute + relative * (x > y ? x : y)
    }
    let sum = dot(error, error, n)
    measure.sumOfSquares += sum
    measure.maximum = sum.isNaN ? .nan : max(measure.maximum, Double(foldMaximum(error, n)))
    measure.count += n
    measure.isFinite = measure.isFinite && sum.isFinite && isFinite(second, n)
  }

  /// The largest absolute element, by halving the block until one element is left.
  @inline(__always)
  private static func foldMaximum(_ block: UnsafeMutablePointer<T>, _ n: Int) -> T {
    var count = n
    while count > 1 {
      let half = (count + 1) / 2
      for i in 0..<count - half {
        let (x, y) = (abs(block[i]), abs(block[i + half]))
        block[i] = x > y ? x : y
      }
      count = half
    }
    return n == 0 ? 0 : abs(block[0])
  }
}
