import CFairlineKernels
import Testing

extension KernelTests {
  @Test func adam() {
    Self.atEveryLevel { level in
      for count in Self.counts {
        let (p, m, g) = (numbers(count), numbers(count, seed: 2), numbers(count, seed: 3))
        let v = numbers(count, in: 0...2, seed: 4)
        var (foundM, foundV) = (m, v)
        let found = written(count, from: p) {
          fl_adam($0, &foundM, &foundV, g, Int64(count), 0.5, 0.1, 0.25, 0.875, 0.9375, 1e-3, 0.2)
        }
        let grads = g.map { 0.5 * Double($0) }
        let first = (0..<count).map { 0.875 * Double(m[$0]) + 0.125 * grads[$0] }
        let second = (0..<count).map { 0.9375 * Double(v[$0]) + 0.0625 * grads[$0] * grads[$0] }
        expectClose(foundM, first, "first moment at \(level)")
        expectClose(foundV, second, "second moment at \(level)")
        let expected = (0..<count).map {
          Double(p[$0]) * (1 - 0.02) - 0.25 * first[$0] / (second[$0].squareRoot() + 1e-3)
        }
        expectClose(found, expected, within: 5e-6, "adam of \(count) at \(level)")
      }
    }
  }

  @Test func nesterovsMomentum() {
    Self.atEveryLevel { level in
      for count in Self.counts {
        let (p, b, g) = (numbers(count), numbers(count, seed: 2), numbers(count, seed: 3))
        var buffer = b
        let found = written(count, from: p) {
          fl_nag($0, &buffer, g, Int64(count), 0.5, 0.125, 0.75, 0.9, 0.25)
        }
        let steps = g.map { 0.125 * 0.5 * Double($0) }
        let old = b.map { 0.9 * 0.75 * Double($0) }
        expectClose(buffer, zip(old, steps).map { $0 - $1 }, "momenta at \(level)")
        let expected = (0..<count).map { (i: Int) -> Double in
          let kept = Double(p[i]) * (1 - 0.125 * 0.25)
          return kept + 0.9 * old[i] - 1.9 * steps[i]
        }
        expectClose(found, expected, within: 5e-6, "\(count) at \(level)")
      }
    }
  }

  @Test func optimizersWithMomentsOfElements() {
    Self.atEveryLevel { level in
      for count in Self.counts {
        let (p, g) = (numbers(count), numbers(count, seed: 3))
        let (m, n) = (numbers(count, in: 0.1...2, seed: 4), numbers(count, in: 0.1...2, seed: 5))
        let decayed = (0..<count).map { 0.5 * Double(g[$0]) + 0.25 * Double(p[$0]) }
        var (one, two) = (m, n)
        let adagrad = written(count, from: p) {
          fl_adagrad($0, &one, g, Int64(count), 0.5, 0.125, 1e-3, 0.25)
        }
        let sums = (0..<count).map { Double(m[$0]) + decayed[$0] * decayed[$0] }
        expectClose(one, sums, within: 5e-6, "sums at \(level)")
        expectClose(
          adagrad,
          (0..<count).map { Double(p[$0]) - 0.125 * decayed[$0] / (sums[$0].squareRoot() + 1e-3) },
          within: 5e-6, "adagrad of \(count) at \(level)")

        one = m
        let adadelta = written(count, from: p) {
          fl_adadelta($0, &one, &two, g, Int64(count), 0.5, 0.125, 0.75, 1e-3, 0.25)
        }
        let squares = (0..<count).map { 0.75 * Double(m[$0]) + 0.25 * decayed[$0] * decayed[$0] }
        let steps = (0..<count).map {
          ((Double(n[$0]) + 1e-3) / (squares[$0] + 1e-3)).squareRoot() * decayed[$0]
        }
        expectClose(one, squares, within: 5e-6, "squares at \(level)")
        expectClose(
          two, (0..<count).map { 0.75 * Double(n[$0]) + 0.25 * steps[$0] * steps[$0] },
          within: 2e-5, "steps at \(level)")
        expectClose(
          adadelta, (0..<count).map { Double(p[$0]) - 0.125 * steps[$0] }, within: 5e-6,
          "adadelta of \(count) at \(level)")

        (one, two) = (m, n)
        let adamax = written(count, from: p) {
          fl_adamax(
            $0, &one, &two, g, Int64(count), 0.5, 0.125, 0.25, 0.875, 0.9375, 1e-3, 0.5)
        }
        let halves = g.map { 0.5 * Double($0) }
        let means = (0..<count).map { 0.875 * Double(m[$0]) + 0.125 * halves[$0] }
        let most = (0..<count).map { max(0.9375 * Double(n[$0]), abs(halves[$0])) }
        expectClose(one, means, within: 5e-6, "means at \(level)")
        expectClose(two, most, within: 5e-6, "maxima at \(level)")
        let moved = (0..<count).map { (i: Int) -> Double in
          let kept = Double(p[i]) * (1 - 0.125 * 0.5)
          return kept - 0.25 * means[i] / (most[i] + 1e-3)
        }
        expectClose(adamax, moved, within: 5e-6, "adamax of \(count) at \(level)")
      }
    }
  }

  @Test func factoredMoments() {
    Self.atEveryLevel { level in
      for (rows, columns) in [(1, 1), (3, 5), (2, 16), (5, 33), (1, 70)] {
        let count = rows * columns
        let (p, g, m) = (numbers(count), numbers(count, seed: 2), numbers(count, seed: 3))
        let (row, column) = (
          numbers(rows, in: 0.1...2, seed: 4), numbers(columns, in: 0.1...2, seed: 5)
        )
        func gradient(_ r: Int, _ c: Int) -> Double { 0.5 * Double(g[r * columns + c]) }
        func square(_ r: Int, _ c: Int) -> Double { gradient(r, c) * gradient(r, c) + 0.25 }
        for hasRows in [true, false] {
          var (rowMeans, columnMeans) = (row, column)
          rowMeans.withUnsafeMutableBufferPointer {
            fl_mean_squares(
              hasRows ? $0.baseAddress : nil, &columnMeans, g, Int64(rows), Int64(columns), 0.5,
              0.25, 0.75)
          }
          let means = (0..<rows).map { r in
            0.75 * Double(row[r])
              + 0.25 * (0..<columns).reduce(0) { $0 + square(r, $1) } / Double(columns)
          }
          expectClose(
            rowMeans, hasRows ? means : row.map(Double.init), within: 5e-6, "rows at \(level)")
          expectClose(
            columnMeans,
            (0..<columns).map { c in
              0.75 * Double(column[c])
                + 0.25 * (0..<rows).reduce(0) { $0 + square($1, c) } / Double(rows)
            }, within: 5e-6, "columns at \(level)")
          let updates = (0..<count).map { i in
            gradient(i / columns, i % columns) * Double(column[i % columns])
              * (hasRows ? Double(row[i / columns]) : 1)
          }
          row.withUnsafeBufferPointer { row in
            let factors = hasRows ? row.baseAddress : nil
            let squares = fl_factored_squares(
              g, factors, column, Int64(rows), Int64(columns), 0.5)
            let wanted = updates.reduce(0) { $0 + $1 * $1 }
            #expect(abs(squares - wanted) < 1e-5 * max(1, wanted), "squares at \(level)")
            for hasMean in [false, true] {
              var mean = m
              let found = written(count, from: p) { target in
                mean.withUnsafeMutableBufferPointer {
                  fl_factored_step(
                    target, hasMean ? $0.baseAddress : nil, g, factors, column, Int64(rows),
                    Int64(columns), 0.5, 0.125, 0.75, 0.0625)
                }
              }
              let steps = (0..<count).map { i in
                hasMean ? 0.75 * Double(m[i]) + 0.25 * 0.125 * updates[i] : 0.125 * updates[i]
              }
              expectClose(
                mean, hasMean ? steps : m.map(Double.init), within: 5e-6, "mean at \(level)")
              expectClose(
                found, (0..<count).map { Double(p[$0]) * (1 - 0.0625) - steps[$0] }, within: 5e-6,
                "step of \(rows) by \(columns) at \(level)")
            }
          }
        }
      }
    }
  }

  @Test func stochasticGradientDescent() {
    Self.atEveryLevel { level in
      for count in Self.counts {
        let (p, b, g) = (numbers(count), numbers(count, seed: 2), numbers(count, seed: 3))
        let total = (0..<count).map { 0.5 * Double(g[$0]) + 0.25 * Double(p[$0]) }
        for first in [false, true] {
          var buffer = b
          let found = written(count, from: p) {
            fl_sgd($0, &buffer, g, Int64(count), 0.5, 0.125, 0.75, 0.25, first)
          }
          let velocity = (0..<count).map { total[$0] + (first ? 0 : 0.75 * Double(b[$0])) }
          expectClose(buffer, velocity, "velocity at \(level)")
          expectClose(
            found, (0..<count).map { Double(p[$0]) - 0.125 * velocity[$0] }, "momentum at \(level)")
        }
        let plain = written(count, from: p) {
          fl_sgd($0, nil, g, Int64(count), 0.5, 0.125, 0, 0.25, false)
        }
        expectClose(
          plain, (0..<count).map { Double(p[$0]) - 0.125 * total[$0] }, "no momentum at \(level)")
      }
    }
  }
}
