import CFairlineKernels
import Foundation
import Testing

/// The operation in double precision.
func plain(_ op: fl_unary, _ x: Double) -> Double {
  let root = 0.79788456080286536
  switch op {
  case FL_NEGATE: return -x
  case FL_EXP: return exp(x)
  case FL_LOG: return log(x)
  case FL_SQRT: return x.squareRoot()
  case FL_SQUARE: return x * x
  case FL_ABS: return abs(x)
  case FL_RECIPROCAL: return 1 / x
  case FL_SIN: return sin(x)
  case FL_COS: return cos(x)
  case FL_TANH: return tanh(x)
  case FL_SIGMOID: return 1 / (1 + exp(-x))
  case FL_RELU: return max(0, x)
  case FL_GELU: return 0.5 * x * erfc(-x / 2.0.squareRoot())
  case FL_GELU_TANH: return 0.5 * x * (1 + tanh(root * (x + 0.044715 * x * x * x)))
  case FL_SWISH: return x / (1 + exp(-x))
  case FL_RELU_SQUARED: return x < 0 ? 0 : x * x
  default: return x
  }
}

/// The operation's derivative by central differences; 0 at kinks.
func plainSlope(_ op: fl_unary, _ x: Double) -> Double {
  if x == 0, op == FL_RELU || op == FL_ABS || op == FL_RELU_SQUARED { return 0 }
  let step = 1e-6 * max(1e-3, abs(x))
  return (plain(op, x + step) - plain(op, x - step)) / (2 * step)
}

extension KernelTests {
  static func domain(_ op: fl_unary) -> ClosedRange<Float> {
    op == FL_LOG || op == FL_SQRT || op == FL_RECIPROCAL ? 0.05...9 : -9...9
  }

  @Test func activations() {
    Self.atEveryLevel { level in
      for op in Self.operations {
        for count in Self.counts {
          let x = numbers(count, in: Self.domain(op))
          let found = written(count) { fl_apply(op, $0, x, Int64(count)) }
          expectClose(
            found, x.map { plain(op, Double($0)) }, within: 5e-7,
            "operation \(op.rawValue) of \(count) at \(level)")
        }
      }
    }
  }

  @Test func slopesOfActivations() {
    Self.atEveryLevel { level in
      for op in Self.operations {
        for count in Self.counts {
          let x = numbers(count, in: Self.domain(op)) + (op == FL_RELU ? [0] : [])
          let (dy, dx) = (numbers(x.count, seed: 2), numbers(x.count, seed: 3))
          let found = written(x.count, from: dx) { fl_apply_grad(op, $0, dy, x, Int64(x.count)) }
          let expected = x.indices.map {
            Double(dx[$0]) + Double(dy[$0]) * plainSlope(op, Double(x[$0]))
          }
          expectClose(
            found, expected, within: 3e-6, "slope of \(op.rawValue) of \(x.count) at \(level)")
        }
      }
    }
  }

  @Test func exponentialIsAccurateOverItsWholeRange() {
    Self.atEveryLevel { level in
      let x = (-8700...8800).map { Float($0) / 100 }
      let found = written(x.count) { fl_apply(FL_EXP, $0, x, Int64(x.count)) }
      let worst = zip(found, x).map { abs(Double($0) / exp(Double($1)) - 1) }.max() ?? 1
      #expect(worst < 1.5e-7, "relative error \(worst) at \(level)")
    }
  }

  @Test func tanhIsAccurateNearZero() {
    Self.atEveryLevel { level in
      let x = (1...20000).map { Float($0) / 10000 }
      let found = written(x.count) { fl_apply(FL_TANH, $0, x, Int64(x.count)) }
      let worst = zip(found, x).map { abs(Double($0) / tanh(Double($1)) - 1) }.max() ?? 1
      #expect(worst < 2e-7, "relative error \(worst) at \(level)")
    }
  }

  @Test func specialValues() {
    let x: [Float] = [-.infinity, .infinity, .nan, 0, -200, 200, 1e-42]
    let cases: [(fl_unary, [Double])] = [
      (FL_EXP, [0, .infinity, .nan, 1, 0, .infinity, 1]),
      (
        FL_LOG,
        [.nan, .infinity, .nan, -.infinity, .nan, 5.298317366548036, log(Double(Float(1e-42)))]
      ),
      (FL_TANH, [-1, 1, .nan, 0, -1, 1, 1e-42]),
      (FL_SIGMOID, [0, 1, .nan, 0.5, 0, 1, 0.5]),
      (FL_RELU, [0, .infinity, .nan, 0, 0, 200, 1e-42]),
    ]
    Self.atEveryLevel { level in
      for (op, expected) in cases {
        let found = written(x.count) { fl_apply(op, $0, x, Int64(x.count)) }
        expectClose(found, expected, "operation \(op.rawValue) at \(level)")
      }
    }
  }

  @Test func aValueDoesNotDependOnItsPlace() {
    Self.atEveryLevel { level in
      for op in Self.operations {
        let x = numbers(67, in: Self.domain(op))
        let together = written(67) { fl_apply(op, $0, x, 67) }
        let alone = x.map { value in written(1) { fl_apply(op, $0, [value], 1) }[0] }
        #expect(together == alone, "operation \(op.rawValue) at \(level)")
      }
    }
  }
}
