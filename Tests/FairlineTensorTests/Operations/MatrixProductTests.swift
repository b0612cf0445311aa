import FairlineTensor
import FairlineTesting
import Testing

@Suite struct MatrixProductTests {
  @Test(arguments: [false, true], [false, true])
  func gradientsOfProducts(_ left: Bool, _ right: Bool) {
    for (m, k, n) in [(1, 1, 1), (3, 2, 5), (1, 7, 4), (0, 2, 3), (17, 3, 1)] {
      for stack in [[], [1], [2], [2, 3]] as [[Int]] {
        let a = sample(Shape(stack + (left ? [k, m] : [m, k])), 1)
        let b = sample(Shape(stack + (right ? [n, k] : [k, n])), 2)
        let wrong = gradientMismatch(at: [a, b]) {
          $0[0].matrixProduct($0[1], transposed: left, otherTransposed: right)
        }
        #expect(wrong == nil, "\(stack) \(m) \(k) \(n)")
        let shared = sample(right ? [n, k] : [k, n], 3)
        let sharedWrong = gradientMismatch(at: [a, shared]) {
          $0[0].matrixProduct($0[1], transposed: left, otherTransposed: right)
        }
        #expect(sharedWrong == nil, "shared \(stack) \(m) \(k) \(n)")
      }
    }
  }

  @Test func largeProductsAreSplitCorrectly() {
    for (m, k, n) in [(700, 64, 300), (200, 300, 900)] {
      let (a, b) = (sample([m, k], 1), sample([k, n], 2))
      let c = a.matrixProduct(b)
      for (row, column) in [(0, 0), (m - 1, n - 1), (m / 2, n / 3), (97, 111)] {
        var expected = 0.0
        for inner in 0..<k {
          expected +=
            Double(a.scalars[row * k + inner]) * Double(b.scalars[inner * n + column])
        }
        #expect(abs(Double(c.scalars[row * n + column]) - expected) < 1e-4)
      }
    }
  }

  @Test func gradientsOfLinearMaps() {
    for (rows, inputs, outputs) in [(1, 1, 1), (5, 3, 7), (0, 2, 2)] {
      let arguments = [
        sample([rows, inputs], 1), sample([outputs, inputs], 2), sample([outputs], 3),
      ]
      let withBias = gradientMismatch(at: arguments) { $0[0].linear(weight: $0[1], bias: $0[2]) }
      #expect(withBias == nil)
      let without = gradientMismatch(at: Array(arguments.prefix(2))) { $0[0].linear(weight: $0[1]) }
      #expect(without == nil)
    }
  }
}
