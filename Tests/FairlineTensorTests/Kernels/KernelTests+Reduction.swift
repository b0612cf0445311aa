import CFairlineKernels
import Testing

extension KernelTests {
  @Test func sumsOfColumns() {
    Self.atEveryLevel { level in
      for (rows, cols) in Self.shapes {
        for gap in [0, 3] {
          let stride = cols + gap
          let (a, dst) = (numbers(rows * stride), numbers(cols, seed: 2))
          let found = written(cols, from: dst) {
            fl_column_sum($0, a, Int64(rows), Int64(cols), Int64(stride))
          }
          let expected = (0..<cols).map { c in
            (0..<rows).reduce(Double(dst[c])) { $0 + Double(a[$1 * stride + c]) }
          }
          expectClose(found, expected, "columns of \(rows) x \(cols) at \(level)")
        }
      }
    }
  }

  @Test func maximaOfRows() {
    Self.atEveryLevel { level in
      for (rows, cols) in Self.shapes {
        let a = numbers(rows * cols, in: -3...(-1)).map { ($0 * 20).rounded() / 20 }
        let all = (0..<rows).map { Array(a[$0 * cols..<($0 + 1) * cols]) }
        var places = [Int32](repeating: -1, count: rows)
        let maxima = written(rows) { fl_row_max($0, &places, a, Int64(rows), Int64(cols)) }
        #expect(maxima == all.map { $0.max() ?? 0 }, "row maxima \(rows) x \(cols) at \(level)")
        let first = all.map { row in Int32(row.firstIndex(of: row.max() ?? 0) ?? -1) }
        #expect(places == first, "places of maxima \(rows) x \(cols) at \(level)")
        #expect(written(rows) { fl_row_max($0, nil, a, Int64(rows), Int64(cols)) } == maxima)
      }
    }
  }

  @Test func sumsOfRanges() {
    Self.atEveryLevel { level in
      for count in Self.counts + [70001] {
        let a = numbers(count)
        let n = Int64(count)
        let tolerance = 1e-7 * Double(count + 1)
        #expect(abs(fl_sum(a, n) - a.doubles.reduce(0, +)) <= tolerance, "sum at \(level)")
        let squares = a.doubles.reduce(0) { $0 + $1 * $1 }
        #expect(abs(fl_sum_squares(a, n) - squares) <= 1e-6 * squares, "squares at \(level)")
        #expect(fl_max_abs(a, n) == a.map(abs).max() ?? 0, "largest of \(count) at \(level)")
        #expect(fl_sum(a, n) == fl_sum(a, n))
      }
    }
  }

  @Test func oneInfinityOrNaNIsFoundAnywhere() {
    Self.atEveryLevel { level in
      for count in [1, 15, 16, 17, 70] {
        #expect(fl_all_finite(numbers(count), Int64(count)))
        for place in 0..<count {
          for bad in [Float.nan, .infinity, -.infinity] {
            var a = numbers(count)
            a[place] = bad
            #expect(!fl_all_finite(a, Int64(count)), "\(bad) at \(place) of \(count), \(level)")
            #expect(!fl_max_abs(a, Int64(count)).isFinite)
          }
        }
      }
      #expect(fl_all_finite([], 0))
    }
  }
}
