import CFairlineKernels
import Testing

extension KernelTests {
  /// Calls `body` with pointers to the terms.
  private func withTerms<Result>(
    _ terms: [[Float]], _ body: ([UnsafePointer<Float>?]) -> Result
  ) -> Result {
    let size = terms.first?.count ?? 0
    return terms.flatMap { $0 }.withUnsafeBufferPointer { all in
      body(terms.indices.map { index in all.baseAddress.map { $0 + index * size } })
    }
  }

  private func combination(_ base: [Float]?, _ terms: [[Float]], _ factors: [Float], _ i: Int)
    -> Double
  {
    Double(base?[i] ?? 0)
      + zip(terms, factors).reduce(0) { $0 + Double($1.0[i]) * Double($1.1) }
  }

  private func linearSum(
    into target: UnsafeMutablePointer<Float>, _ base: [Float]?, _ terms: [UnsafePointer<Float>?],
    _ factors: [Float], _ count: Int64
  ) {
    withPointer(to: base) { known in
      terms.withUnsafeBufferPointer { terms in
        factors.withUnsafeBufferPointer { factors in
          var sum = fl_weighted_sum(
            target: target, base: known, terms: terms.baseAddress,
            factors: factors.baseAddress, count: Int64(terms.count))
          fl_linear_sum(&sum, 0, count)
        }
      }
    }
  }

  @Test func linearSums() {
    Self.atEveryLevel { level in
      for count in Self.counts {
        for termCount in 0...7 {
          let terms = (0..<termCount).map { numbers(count, seed: UInt64($0 + 3)) }
          let factors = (0..<termCount).map { Float($0) * 0.3 - 0.7 }
          for base in [nil, numbers(count, seed: 2)] {
            let found = withTerms(terms) { pointers in
              written(count) { target in
                linearSum(into: target, base, pointers, factors, Int64(count))
              }
            }
            let expected = (0..<count).map { combination(base, terms, factors, $0) }
            expectClose(found, expected, "\(termCount) terms of \(count) at \(level)")
          }
        }
      }
    }
  }

  @Test func errorsInUnitsOfTheirTolerance() {
    Self.atEveryLevel { level in
      for count in Self.counts + [9000] {
        let terms = [numbers(count), numbers(count, seed: 2), numbers(count, seed: 3)]
        let factors: [Float] = [0.4, -0.2, 0.9]
        let (before, after) = (numbers(count, seed: 4), numbers(count, seed: 5))
        func measured(_ after: [Float]) -> fl_error {
          withTerms(terms) {
            fl_scaled_error(nil, $0, factors, 3, before, after, 0.1, 0.05, Int64(count))
          }
        }
        let ratios = (0..<count).map { i in
          combination(nil, terms, factors, i)
            / (0.05 + 0.1 * Double(max(abs(before[i]), abs(after[i]))))
        }
        let found = measured(after)
        let squares = ratios.reduce(0) { $0 + $1 * $1 }
        let largest = ratios.map(abs).max() ?? 0
        #expect(abs(found.sum_of_squares - squares) <= 1e-5 * squares, "\(count) at \(level)")
        #expect(abs(Double(found.largest) - largest) <= 1e-5 * largest)
        #expect(found.finite)
        for value in [Float.nan, .infinity] where count > 0 {
          for place in [0, count / 2, count - 1] {
            var broken = after
            broken[place] = value
            #expect(!measured(broken).finite, "\(value) at \(place) of \(count) at \(level)")
          }
        }
      }
    }
  }

  @Test func slopeOfTanhFromItsResult() {
    Self.atEveryLevel { level in
      for count in Self.counts {
        let (y, dy) = (numbers(count, in: -1...1), numbers(count, seed: 2))
        let found = written(count) { fl_tanh_grad($0, dy, y, Int64(count)) }
        let expected = zip(y, dy).map { Double($1) * (1 - Double($0) * Double($0)) }
        expectClose(found, expected, "\(count) at \(level)")
      }
    }
  }
}
