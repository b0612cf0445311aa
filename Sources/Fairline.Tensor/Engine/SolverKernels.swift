import CFairlineKernels

/// What a solver of differential equations computes with tensors' memory, each in one pass.
package enum SolverKernels {
  /// A combination in units of its tolerance.
  package struct Error {
    package let sumOfSquares: Double
    package let largest: Double
    package let isFinite: Bool
  }

  package typealias Terms = UnsafeMutablePointer<UnsafePointer<Float>>

  /// `target = base + scale * sum_j weights[j] * terms[j]` for the elements of a range.
  package static func combine(
    _ target: UnsafeMutablePointer<Float>, base: UnsafePointer<Float>?, terms: Terms,
    weights: UnsafePointer<Double>, termCount: Int, scale: Double, range: Range<Int>
  ) {
    withFactors(weights, termCount, scale) { factors in
      terms.withMemoryRebound(to: UnsafePointer<Float>?.self, capacity: termCount) { terms in
        var sum = fl_weighted_sum(
          target: target, base: base, terms: terms, factors: factors, count: Int64(termCount))
        fl_linear_sum(&sum, Int64(range.lowerBound), Int64(range.upperBound))
      }
    }
  }

  /// Measures such a combination, each element divided by `absolute + relative * max(|before|,
  /// |after|)`.
  package static func error(
    base: UnsafePointer<Float>?, terms: Terms, weights: UnsafePointer<Double>, termCount: Int,
    scale: Double, before: UnsafePointer<Float>, after: UnsafePointer<Float>, relative: Double,
    absolute: Double, range: Range<Int>
  ) -> Error {
    let first = range.lowerBound
    return withSources(terms, weights, termCount, scale, from: first) { terms, factors in
      let error = fl_scaled_error(
        base.map { $0 + first }, terms, factors, Int64(termCount), before + first, after + first,
        Float(relative), Float(absolute), Int64(range.count))
      return Error(
        sumOfSquares: error.sum_of_squares, largest: Double(error.largest),
        isFinite: error.finite)
    }
  }

  /// Calls `body` with the terms from an element on, and their factors.
  private static func withSources<Result>(
    _ terms: Terms, _ weights: UnsafePointer<Double>, _ count: Int, _ scale: Double,
    from first: Int,
    _ body: (UnsafePointer<UnsafePointer<Float>?>?, UnsafePointer<Float>?) -> Result
  ) -> Result {
    withUnsafeTemporaryAllocation(of: UnsafePointer<Float>?.self, capacity: count + 1) { moved in
      for term in 0..<count { moved.initializeElement(at: term, to: terms[term] + first) }
      return withFactors(weights, count, scale) { body(moved.baseAddress, $0) }
    }
  }

  /// Calls `body` with `weights` times `scale`, in single precision.
  private static func withFactors<Result>(
    _ weights: UnsafePointer<Double>, _ count: Int, _ scale: Double,
    _ body: (UnsafePointer<Float>?) -> Result
  ) -> Result {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: count + 1) { factors in
      for term in 0..<count {
        factors.initializeElement(at: term, to: Float(weights[term]) * Float(scale))
      }
      return body(factors.baseAddress)
    }
  }
}
