import CFairlineKernels
import Testing

extension KernelTests {
  @Test func arithmeticOfTwoRanges() {
    typealias Kernel = (
      UnsafeMutablePointer<Float>?, UnsafePointer<Float>?, UnsafePointer<Float>?, Int64
    ) -> Void
    let cases: [(String, Kernel, (Double, Double, Double) -> Double)] = [
      ("add", fl_add, { _, a, b in a + b }), ("sub", fl_sub, { _, a, b in a - b }),
      ("mul", fl_mul, { _, a, b in a * b }), ("div", fl_div, { _, a, b in a / b }),
      ("mul_add", fl_mul_add, { dst, a, b in dst + a * b }),
    ]
    Self.atEveryLevel { level in
      for count in Self.counts {
        let (a, b, dst) = (numbers(count), numbers(count, seed: 2), numbers(count, seed: 3))
        for (name, kernel, plain) in cases {
          let found = written(count, from: dst) { kernel($0, a, b, Int64(count)) }
          let expected = (0..<count).map { plain(Double(dst[$0]), Double(a[$0]), Double(b[$0])) }
          expectClose(found, expected, "\(name) of \(count) at \(level)")
        }
      }
    }
  }

  @Test func arithmeticWithAScalar() {
    Self.atEveryLevel { level in
      for count in Self.counts {
        let (a, dst) = (numbers(count), numbers(count, seed: 3))
        let n = Int64(count)
        expectClose(
          written(count) { fl_fill($0, 2.5, n) }, a.map { _ in 2.5 }, "fill \(count) at \(level)")
        expectClose(
          written(count) { fl_scale($0, a, 0.3, n) }, a.map { Double($0) * Double(Float(0.3)) },
          "scale \(count) at \(level)")
        expectClose(
          written(count) { fl_add_scalar($0, a, 0.5, n) }, a.map { Double($0) + 0.5 },
          "add_scalar \(count) at \(level)")
        expectClose(
          written(count, from: dst) { fl_axpy($0, -1.5, a, n) },
          zip(dst, a).map { Double($0) - 1.5 * Double($1) }, "axpy \(count) at \(level)")
      }
    }
  }

  @Test func arithmeticInPlace() {
    Self.atEveryLevel { level in
      let a = numbers(77)
      let found = written(77, from: a) { fl_add($0, $0, $0, 77) }
      expectClose(found, a.map { 2 * Double($0) }, "add in place at \(level)")
    }
  }

  @Test func arithmeticOfRows() {
    Self.atEveryLevel { level in
      for (rows, cols) in Self.shapes {
        let (a, row) = (numbers(rows * cols), numbers(cols, seed: 2))
        let sum = written(rows * cols) { fl_row_add($0, a, row, Int64(rows), Int64(cols)) }
        let product = written(rows * cols) { fl_row_mul($0, a, row, Int64(rows), Int64(cols)) }
        expectClose(
          sum, a.indices.map { Double(a[$0]) + Double(row[$0 % cols]) },
          "row_add \(rows) x \(cols) at \(level)")
        expectClose(
          product, a.indices.map { Double(a[$0]) * Double(row[$0 % cols]) },
          "row_mul \(rows) x \(cols) at \(level)")
      }
    }
  }
}
