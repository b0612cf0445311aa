import FairlineTensor
import FairlineTesting
import Testing

@Suite struct ArithmeticTests {
  static let pairs: [(Shape, Shape)] = [
    ([1], [1]), ([3], [3]), ([2, 3], [3]), ([2, 3], [1]), ([2, 1, 3], [4, 1]), ([5, 1], [1, 7]),
    ([0, 3], [3]), ([2, 3, 4], [2, 3, 4]), ([2, 3], [2, 1]),
  ]

  @Test(arguments: pairs) func gradientsOfBroadcastArithmetic(_ left: Shape, _ right: Shape) {
    let (a, b) = (sample(left, 1), sample(right, 2) + 2.5)
    #expect(gradientMismatch(at: [a, b]) { $0[0] + $0[1] } == nil)
    #expect(gradientMismatch(at: [a, b]) { $0[0] - $0[1] } == nil)
    #expect(gradientMismatch(at: [a, b]) { $0[0] * $0[1] } == nil)
    #expect(gradientMismatch(at: [a, b]) { $0[0] / $0[1] } == nil)
    #expect(gradientMismatch(at: [b, a]) { $0[1] - $0[0] } == nil)
  }

  @Test func valuesOfBroadcastArithmetic() {
    let a = Tensor([1, 2, 3, 4, 5, 6], shape: [2, 3])
    #expect((a + Tensor([10, 20, 30])).scalars == [11, 22, 33, 14, 25, 36])
    #expect((a * Tensor([2, 3], shape: [2, 1])).scalars == [2, 4, 6, 12, 15, 18])
    #expect(
      (Tensor([1, 2], shape: [2, 1]) - Tensor([1, 2, 3])).scalars == [0, -1, -2, 1, 0, -1])
    #expect((-a / 2).scalars == [-0.5, -1, -1.5, -2, -2.5, -3])
  }

  @Test func gradientsOfScalarArithmetic() {
    #expect(gradientMismatch(at: [sample([3, 2])]) { 2 * ($0[0] + 1.5) - $0[0] / 4 } == nil)
  }

  @Test func aTensorUsedTwiceCollectsBothGradients() {
    let tape = Tape()
    let x = tape.watch(Tensor([2, 3]))
    tape.goBack(from: (x * x + x * 3 + x).sum())
    #expect(tape.gradient(of: x)?.scalars == [8, 10])
    #expect(tape.operationCount == 0)
  }

  @Test func constantsRecordNothing() {
    #expect(!(sample([2]) * sample([2])).isDifferentiable)
  }

  @Test func gradientsDoNotAlias() {
    // Both operands of a sum receive the same gradient memory; adding to one must not change the
    // other.
    let tape = Tape()
    let (x, y) = (tape.watch(Tensor([1, 1])), tape.watch(Tensor([1, 1])))
    let sum = x + y
    tape.goBack(from: (sum + x * 5).sum())
    #expect(tape.gradient(of: x)?.scalars == [6, 6])
    #expect(tape.gradient(of: y)?.scalars == [1, 1])
  }

  @Test func largeTensorsAreSplitAndComplete() {
    let n = 3 * Parallel.grain + 17
    let ones = Tensor.ones([n])
    #expect((ones + ones).sum().scalar == Float(2 * n))
  }
}
