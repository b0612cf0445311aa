import CFairlineKernels
import Testing

extension KernelTests {
  /// Mean and reciprocal standard deviation of a row.
  static func moments(_ row: [Double], eps: Double) -> (mean: Double, rstd: Double) {
    let mean = row.reduce(0, +) / Double(row.count)
    let variance = row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(row.count)
    return (mean, 1 / (variance + eps).squareRoot())
  }

  static func normalized(
    _ x: [[Double]], _ gamma: [Float], _ beta: [Float], eps: Double = 1e-5
  ) -> [Double] {
    x.flatMap { row in
      let (mean, rstd) = moments(row, eps: eps)
      return row.indices.map { (row[$0] - mean) * rstd * Double(gamma[$0]) + Double(beta[$0]) }
    }
  }

  @Test func layerNorm() {
    Self.atEveryLevel { level in
      for (rows, cols) in Self.shapes where cols > 1 {
        for offset in [0, 500] as [Float] {
          let x = numbers(rows * cols).map { $0 + offset }
          let (gamma, beta) = (numbers(cols, seed: 2), numbers(cols, seed: 3))
          var mean = [Float](repeating: 0, count: rows)
          var rstd = mean
          let y = written(x.count) {
            fl_layer_norm($0, &mean, &rstd, x, gamma, beta, Int64(rows), Int64(cols), 1e-5)
          }
          let all = Self.rowsOf(x, rows, cols)
          let what = "\(rows) x \(cols) at \(level)"
          let tolerance = offset == 0 ? 3e-6 : 2e-3  // inputs near 500 are 3e-5 apart
          expectClose(y, Self.normalized(all, gamma, beta), within: tolerance, "norm \(what)")
          let expected = all.map { Self.moments($0, eps: 1e-5) }
          expectClose(mean, expected.map(\.mean), "mean \(what)")
          expectClose(rstd, expected.map(\.rstd), within: tolerance, "deviation \(what)")
          let without = written(x.count) {
            fl_layer_norm($0, nil, nil, x, gamma, beta, Int64(rows), Int64(cols), 1e-5)
          }
          #expect(without == y)
        }
      }
    }
  }

  @Test(arguments: [false, true]) func gradientOfLayerNorm(accumulate: Bool) {
    Self.atEveryLevel { level in
      for (rows, cols) in Self.shapes where cols > 2 {
        let (x, dy) = (numbers(rows * cols), numbers(rows * cols, seed: 4))
        let gamma = numbers(cols, seed: 2).map { $0 < 0 ? $0 - 0.25 : $0 + 0.25 }
        let beta = numbers(cols, seed: 3)
        let before = numbers(x.count, seed: 5)
        let all = Self.rowsOf(x, rows, cols)
        let moments = all.map { Self.moments($0, eps: 1e-5) }
        var expected: [Double] = []
        var (expectedGamma, expectedBeta) = (gamma.doubles, gamma.doubles)
        for r in 0..<rows {
          let h = all[r].map { ($0 - moments[r].mean) * moments[r].rstd }
          let d = (0..<cols).map { Double(dy[r * cols + $0]) }
          let g = (0..<cols).map { d[$0] * Double(gamma[$0]) }
          let mean = g.reduce(0, +) / Double(cols)
          let along = zip(g, h).reduce(0) { $0 + $1.0 * $1.1 } / Double(cols)
          for c in 0..<cols {
            expected.append(moments[r].rstd * (g[c] - mean - h[c] * along))
            expectedGamma[c] += d[c] * h[c]
            expectedBeta[c] += d[c]
          }
        }
        if accumulate { expected = zip(expected, before).map { $0 + Double($1) } }
        let (mean, rstd) = (moments.map { Float($0.mean) }, moments.map { Float($0.rstd) })
        for fromResult in [false, true] {
          var (dgamma, dbeta) = (gamma, gamma)
          let y = (0..<x.count).map {
            let (r, c) = ($0 / cols, $0 % cols)
            return (x[$0] - mean[r]) * rstd[r] * gamma[c] + beta[c]
          }
          let inverse = gamma.map { 1 / $0 }
          let found = written(x.count, from: before) { dx in
            inverse.withUnsafeBufferPointer {
              fl_layer_norm_grad(
                dx, accumulate, &dgamma, &dbeta, dy, fromResult ? y : x, mean, rstd, gamma, beta,
                fromResult ? $0.baseAddress : nil, Int64(rows), Int64(cols))
            }
          }
          let what = "\(rows) x \(cols) at \(level), from the \(fromResult ? "result" : "input")"
          expectClose(found, expected, within: 1e-5, "dx \(what)")
          expectClose(dgamma, expectedGamma, within: 1e-5, "dgamma \(what)")
          expectClose(dbeta, expectedBeta, within: 5e-6, "dbeta \(what)")
        }
      }
    }
  }
}
