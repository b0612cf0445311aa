extension ContiguousState {
  /// Appends one measure for each part: elements of `sum`, divided by the tolerated error of the
  /// elements of `self` and `second`.
  public func measure(
    _ sum: LinearSum<Self>, second: Self, tolerance: Tolerance<Self>,
    into measures: inout [Measure]
  ) {
    guard tolerance.isScalar, sum.runs == nil else {
      return measureByElement(sum, second: second, tolerance: tolerance, into: &measures)
    }
    let parts = (0..<partCount).map(elements(ofPart:))
    var results = parts.map { _ in Measure(sumOfSquares: 0, maximum: 0, count: 0) }
    withElements { before in
      second.withElements { after in
        guard let before = before.baseAddress, let after = after.baseAddress else { return }
        sum.withSources { base, terms, weights, termCount in
          for (part, range) in parts.enumerated() {
            results[part] = Scalar.measure(
              base: base, terms: terms, weights: weights, termCount: termCount,
              scale: sum.scale[sum.scale.count == 1 ? 0 : part], first: before, second: after,
              relative: tolerance.relative, absolute: tolerance.absolute, range: range)
          }
        }
      }
    }
    measures += results
  }

  /// The same with tolerances by element or a fixed order of additions, for which the scaled error
  /// is computed as a whole.
  func measureByElement(
    _ sum: LinearSum<Self>, second: Self, tolerance: Tolerance<Self>,
    into measures: inout [Measure]
  ) {
    var scaled = zeros()
    scaled.assignScaled(sum, first: self, second: second, tolerance: tolerance)
    scaled.withElements { ratios in
      second.withElements { after in
        for part in 0..<partCount {
          var measure = Measure(sumOfSquares: 0, maximum: 0, count: 0)
          for i in elements(ofPart: part) {
            let ratio = Double(ratios[i])
            measure.sumOfSquares += ratio * ratio
            measure.maximum = ratio.isNaN ? .nan : max(measure.maximum, abs(ratio))
            measure.isFinite = measure.isFinite && ratio.isFinite && after[i].isFinite
            measure.count += 1
          }
          measures.append(measure)
        }
      }
    }
  }

  /// Replaces the elements by those of `sum`, each divided by its tolerated error.
  public mutating func assignScaled(
    _ sum: LinearSum<Self>, first: Self, second: Self, tolerance: Tolerance<Self>
  ) {
    assign(sum)
    withMutableElements { target in
      first.withElements { before in
        second.withElements { after in
          for i in target.indices { target[i] /= tolerance.scale(at: i, before[i], after[i]) }
        }
      }
    }
  }
}

extension Tolerance where State: ContiguousState {
  /// The tolerated error of element `index`, which had one value before a step and another after
  /// it.
  func scale(at index: Int, _ before: State.Scalar, _ after: State.Scalar) -> State.Scalar {
    let r = relativeByElement?.withElements { $0[index] } ?? State.Scalar(relative)
    let a = absoluteByElement?.withElements { $0[index] } ?? State.Scalar(absolute)
    return a + r * max(abs(before), abs(after))
  }
}
