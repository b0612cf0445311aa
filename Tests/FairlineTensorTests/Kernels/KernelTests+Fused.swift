import CFairlineKernels
import Testing

extension KernelTests {
  /// What dropout multiplies each element with: 0 or 1 / (1 - p).
  static func mask(_ count: Int, p: Float, key: UInt64, stream: UInt64, first: UInt64) -> [Double] {
    (0..<UInt64(count)).map {
      let word = philoxWord(first + $0, key: key, stream: stream)
      return p == 0 ? 1 : Double(word) >= Double(p) * 4_294_967_296 ? 1 / (1 - Double(p)) : 0
    }
  }

  @Test(arguments: [0, 0.3] as [Float], [0, 6] as [UInt64])
  func residualSumAndNorm(p: Float, first: UInt64) {
    Self.atEveryLevel { level in
      for (rows, cols) in Self.shapes where cols > 1 {
        for biased in [false, true] {
          checkResidual(rows, cols, p, first, biased, "\(rows) x \(cols) at \(level)")
        }
      }
    }
  }

  private func checkResidual(
    _ rows: Int, _ cols: Int, _ p: Float, _ first: UInt64, _ biased: Bool, _ what: String
  ) {
    let (x, residual) = (numbers(rows * cols), numbers(rows * cols, seed: 2))
    let (bias, gamma, beta) = (
      numbers(cols, seed: 3), numbers(cols, seed: 4), numbers(cols, seed: 5)
    )
    let mask = Self.mask(x.count, p: p, key: 3, stream: 8, first: first)
    let sum = x.indices.map {
      Double(residual[$0])
        + mask[$0] * (Double(x[$0]) + (biased ? Double(bias[$0 % cols]) : 0))
    }
    let sumRows = (0..<rows).map { Array(sum[$0 * cols..<($0 + 1) * cols]) }
    var (mean, rstd) = ([Float](repeating: 0, count: rows), [Float](repeating: 0, count: rows))
    var foundSum: [Float] = []
    let y = written(x.count) { y in
      foundSum = written(x.count, from: residual) { sum in
        bias.withUnsafeBufferPointer { bias in
          fl_residual_norm(
            sum, y, &mean, &rstd, x, biased ? bias.baseAddress : nil, sum, gamma, beta, Int64(rows),
            Int64(cols), 1e-5, p, 3, 8, first)
        }
      }
    }
    expectClose(foundSum, sum, "sum \(what)")
    expectClose(y, Self.normalized(sumRows, gamma, beta), within: 2e-5, "norm \(what)")
    expectClose(mean, sumRows.map { Self.moments($0, eps: 1e-5).mean }, "mean \(what)")
    expectClose(
      rstd, sumRows.map { Self.moments($0, eps: 1e-5).rstd }, within: 1e-5, "deviation \(what)")
    let only = written(x.count, from: x) {
      fl_residual_norm(
        $0, nil, nil, nil, $0, biased ? bias : nil, residual, nil, nil, Int64(rows), Int64(cols),
        1e-5, p, 3, 8, first)
    }
    #expect(only == foundSum, "sum only \(what)")
  }

  @Test(arguments: [0, 0.3] as [Float], [0, 5] as [UInt64])
  func biasActivationDropout(p: Float, first: UInt64) {
    Self.atEveryLevel { level in
      for (rows, cols) in Self.shapes {
        for op in [FL_RELU, FL_GELU, FL_IDENTITY, FL_SWISH, FL_TANH] {
          checkActivation(rows, cols, op, p, first, "\(op) of \(rows) x \(cols) at \(level)")
        }
      }
    }
  }

  private func checkActivation(
    _ rows: Int, _ cols: Int, _ op: fl_unary, _ p: Float, _ first: UInt64, _ what: String
  ) {
    let (x, dy) = (numbers(rows * cols), numbers(rows * cols, seed: 2))
    let (r, c) = (Int64(rows), Int64(cols))
    let mask = Self.mask(x.count, p: p, key: 3, stream: 8, first: first)
    for bias in [nil, numbers(cols, seed: 3)] {
      let pre = x.indices.map { Double(x[$0]) + Double(bias?[$0 % cols] ?? 0) }
      let expected = x.indices.map { mask[$0] * plain(op, pre[$0]) }
      var foundPre: [Float] = []
      let found = written(x.count, from: x) { dst in
        foundPre = written(x.count) {
          fl_bias_activation(dst, $0, dst, bias, r, c, op, p, 3, 8, first)
        }
      }
      expectClose(foundPre, pre, "pre \(what)")
      expectClose(found, expected, "activation \(what)")
      let without = written(x.count) {
        fl_bias_activation($0, nil, x, bias, r, c, op, p, 3, 8, first)
      }
      #expect(without == found, "without pre \(what)")
      let before = numbers(cols, seed: 6)
      var dbias = before
      let dpre = written(x.count, from: dy) {
        fl_bias_activation_grad($0, &dbias, $0, foundPre, r, c, op, p, 3, 8, first)
      }
      let slope = x.indices.map { mask[$0] * Double(dy[$0]) * plainSlope(op, Double(foundPre[$0])) }
      expectClose(dpre, slope, within: 3e-6, "gradient \(what)")
      let sums = (0..<cols).map { column in
        (0..<rows).reduce(Double(before[column])) { $0 + slope[$1 * cols + column] }
      }
      expectClose(dbias, sums, within: 1e-5, "bias gradient \(what)")
      let alone = written(x.count) {
        fl_bias_activation_grad($0, nil, dy, foundPre, r, c, op, p, 3, 8, first)
      }
      #expect(alone == dpre, "without bias gradient \(what)")
    }
  }
}
