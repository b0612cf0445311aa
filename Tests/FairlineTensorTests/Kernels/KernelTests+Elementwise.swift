import CFairlineKernels
import Testing

extension KernelTests {
  @Test func arithmeticOfTwoRanges() {
    typealias Kernel = (
      UnsafeMutablePointer<Float>?, UnsafePointer<Float>?, UnsafePointer<Float>?, Int64
    ) -> Void
    let cases: [(String, Kernel, (Double, Double) -> Double)] = [
      ("add", fl_add, { $0 + $1 }), ("sub", fl_sub, { $0 - $1 }),
      ("mul", fl_mul, { $0 * $1 }), ("div", fl_div, { $0 / $1 }),
    ]
    Self.atEveryLevel { level in
      for count in Self.counts {
        let (a, b) = (numbers(count), numbers(count, seed: 2))
        for (name, kernel, plain) in cases {
          let found = written(count) { kernel($0, a, b, Int64(count)) }
          let expected = (0..<count).map { plain(Double(a[$0]), Double(b[$0])) }
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
}
