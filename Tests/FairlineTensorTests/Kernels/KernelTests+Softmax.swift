import CFairlineKernels
import Foundation
import Testing

/// log of the sum of exp of a row.
func logSumExp(_ row: [Double]) -> Double {
  guard let most = row.max(), most > -.infinity else { return -.infinity }
  return most + log(row.reduce(0) { $0 + exp($1 - most) })
}

extension KernelTests {
  /// Calls `body` for matrices with moderate, large and masked entries.
  static func eachMatrix(_ body: (_ x: [Float], _ rows: Int, _ cols: Int) -> Void) {
    for (rows, cols) in shapes {
      body(numbers(rows * cols), rows, cols)
      body(numbers(rows * cols, in: -900...900), rows, cols)
      var masked = numbers(rows * cols)
      for index in masked.indices where index % 3 == 1 && index % cols > 0 {
        masked[index] = -.infinity
      }
      body(masked, rows, cols)
    }
  }

  static func rowsOf(_ x: [Float], _ rows: Int, _ cols: Int) -> [[Double]] {
    (0..<rows).map { x[$0 * cols..<($0 + 1) * cols].map(Double.init) }
  }

  @Test func softmaxAndItsLogarithm() {
    Self.atEveryLevel { level in
      Self.eachMatrix { x, rows, cols in
        let (r, c) = (Int64(rows), Int64(cols))
        let all = Self.rowsOf(x, rows, cols)
        let sums = all.map(logSumExp)
        let what = "\(rows) x \(cols) at \(level)"
        let logs = zip(all, sums).flatMap { row, sum in row.map { $0 - sum } }
        expectClose(
          written(rows * cols) { fl_softmax($0, x, r, c) }, logs.map { exp($0) }, "softmax \(what)")
        expectClose(
          written(rows * cols) { fl_log_softmax($0, x, r, c) }, logs, "log-softmax \(what)")
        let inPlace = written(rows * cols, from: x) { fl_softmax($0, $0, r, c) }
        expectClose(inPlace, logs.map { exp($0) }, "softmax in place \(what)")
      }
    }
  }

  @Test func gradientsOfSoftmax() {
    Self.atEveryLevel { level in
      for (rows, cols) in Self.shapes {
        let (r, c) = (Int64(rows), Int64(cols))
        let x = numbers(rows * cols)
        let (dy, dx) = (numbers(x.count, seed: 2), numbers(x.count, seed: 3))
        let y = written(x.count) { fl_softmax($0, x, r, c) }
        let logY = written(x.count) { fl_log_softmax($0, x, r, c) }
        var expected = dx.doubles
        var expectedOfLog = dx.doubles
        for row in 0..<rows {
          let range = row * cols..<(row + 1) * cols
          let dot = range.reduce(0) { $0 + Double(y[$1]) * Double(dy[$1]) }
          let sum = range.reduce(0) { $0 + Double(dy[$1]) }
          for i in range {
            expected[i] += Double(y[i]) * (Double(dy[i]) - dot)
            expectedOfLog[i] += Double(dy[i]) - exp(Double(logY[i])) * sum
          }
        }
        let what = "\(rows) x \(cols) at \(level)"
        expectClose(
          written(x.count, from: dx) { fl_softmax_grad($0, y, dy, r, c) }, expected,
          within: 5e-6, "softmax gradient \(what)")
        expectClose(
          written(x.count, from: dx) { fl_log_softmax_grad($0, logY, dy, r, c) }, expectedOfLog,
          within: 2e-5, "log-softmax gradient \(what)")
      }
    }
  }

  @Test(arguments: [0, 0.1] as [Float]) func crossEntropy(eps: Float) {
    Self.atEveryLevel { level in
      for (rows, cols) in Self.shapes where cols > 1 {
        for spread in [3, 60] as [Float] {
          checkCrossEntropy(rows, cols, eps: eps, spread: spread, "\(rows) x \(cols) at \(level)")
        }
      }
    }
  }

  private func checkCrossEntropy(
    _ rows: Int, _ cols: Int, eps: Float, spread: Float, _ what: String
  ) {
    let x = numbers(rows * cols, in: -spread...spread)
    let targets = (0..<rows).map { Int32($0 % 4 == 2 ? -1 : ($0 * 7) % cols) }
    var (loss, nll) = ([Double](), [Double]())
    var gradient: [Double] = []
    for (row, target) in zip(Self.rowsOf(x, rows, cols), targets) {
      let logs = row.map { $0 - logSumExp(row) }
      let each = Double(eps) / Double(cols - 1)
      guard target >= 0 else {
        loss.append(0)
        nll.append(0)
        gradient += row.map { _ in 0 }
        continue
      }
      nll.append(-logs[Int(target)])
      loss.append((1 - Double(eps) - each) * -logs[Int(target)] - each * logs.reduce(0, +))
      gradient += logs.indices.map {
        exp(logs[$0]) - each - ($0 == Int(target) ? 1 - Double(eps) - each : 0)
      }
    }
    for writes in [false, true] {
      var (foundLoss, foundNLL) = (
        [Float](repeating: 9, count: rows), [Float](repeating: 9, count: rows)
      )
      var best = [Int32](repeating: -1, count: rows)
      let after = written(x.count, from: x) {
        fl_cross_entropy(
          $0, targets, Int64(rows), Int64(cols), eps, writes, &foundLoss, &foundNLL, &best)
      }
      expectClose(foundLoss, loss, within: 3e-6, "loss \(what)")
      expectClose(foundNLL, nll, within: 3e-6, "likelihood \(what)")
      expectClose(after, writes ? gradient : x.doubles, within: 2e-6, "gradient \(what)")
      let expectedBest = Self.rowsOf(x, rows, cols).map { row in
        Int32(row.firstIndex(of: row.max() ?? 0) ?? -1)
      }
      #expect(best == expectedBest, "best \(what)")
    }
  }
}
