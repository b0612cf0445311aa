extension ContiguousState {
  /// Appends one measure for each part: elements of `sum`, divided by the tolerated error of the elements of `self` and `second`.
  public func measure(
    _ sum: LinearSum<Self>, second: Self, tolerance: Tolerance<Self>,
    into measures: inout [Measure]
  ) {
    guard tolerance.isScalar else {
      return measureByElement(sum, second: second, tolerance: tolerance, into: &measures)
    }
    let relative = Scalar(tolerance.relative)
    let absolute = Scalar(tolerance.absolute)
    forEachErrorBlock(sum, second: second, into: &measures) { error, before, after, _, size, measure in
      ElementKernels<Scalar>.accumulate(
        error, first: before, second: after, relative: relative, absolute: absolute, size,
        into: &measure)
    }
  }

  private func measureByElement(
    _ sum: LinearSum<Self>, second: Self, tolerance: Tolerance<Self>,
    into measures: inout [Measure]
  ) {
    forEachErrorBlock(sum, second: second, into: &measures) { error, before, after, offset, size, measure in
      for i in 0..<size {
        let scale = tolerance.scale(at: offset + i, before[i], after[i])
        let ratio = Double(error[i] / scale)
        measure.sumOfSquares += ratio * ratio
        measure.maximum = ratio.isNaN ? .nan : max(measure.maximum, abs(ratio))
        measure.isFinite = measure.isFinite && ratio.isFinite && after[i].isFinite
      }
      measure.count += size
    }
  }

  private typealias BlockBody = (
    UnsafePointer<Scalar>, UnsafePointer<Scalar>, UnsafePointer<Scalar>, Int, Int, inout Measure
  ) -> Void

  /// Computes the error block by block in a small buffer, so that it never exists as a whole.
  @inline(__always)
  private func forEachErrorBlock(
    _ sum: LinearSum<Self>, second: Self, into measures: inout [Measure], _ body: BlockBody
  ) {
    let block = ElementKernels<Scalar>.block
    var results: [Measure] = []
    results.reserveCapacity(partCount)
    withElements { before in
      second.withElements { after in
        sum.withSources { base, terms, factors, termCount in
          withUnsafeTemporaryAllocation(of: Scalar.self, capacity: block) { buffer in
            guard let error = buffer.baseAddress else { return }
            for part in 0..<partCount {
              var measure = Measure(sumOfSquares: 0, maximum: 0, count: 0)
              let range = elements(ofPart: part)
              sum.setFactors(factors, scale: sum.scale[sum.scale.count == 1 ? 0 : part])
              var first = range.lowerBound
              while first < range.upperBound, let y = before.baseAddress,
                let z = after.baseAddress
              {
                let size = min(block, range.upperBound - first)
                ElementKernels<Scalar>.combineBlock(
                  error, base: base.map { $0 + first }, terms: terms, offset: first,
                  factors: factors, termCount: termCount, size: size)
                body(error, y + first, z + first, first, size, &measure)
                first += size
              }
              results.append(measure)
            }
          }
        }
      }
    }
    measures += results
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
  /// The tolerated error of element `index`, which had one value before a step and another after it.
  func scale(at index: Int, _ before: State.Scalar, _ after: State.Scalar) -> State.Scalar {
    let r = relativeByElement?.withElements { $0[index] } ?? State.Scalar(relative)
    let a = absoluteByElement?.withElements { $0[index] } ?? State.Scalar(absolute)
    return a + r * max(abs(before), abs(after))
  }
}
