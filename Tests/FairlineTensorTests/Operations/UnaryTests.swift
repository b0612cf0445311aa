import FairlineTensor
import FairlineTesting
import Testing

@Suite struct UnaryTests {
  static let shapes: [Shape] = [[1], [0], [3, 5], [2, 17]]

  @Test(arguments: Activation.allCases) func gradientsOfActivations(_ activation: Activation) {
    for shape in Self.shapes {
      // Away from the kink at zero, where differences mean nothing.
      let x = sample(shape)
      let moved = Tensor(x.scalars.map { abs($0) < 0.05 ? $0 + 0.2 : $0 }, shape: shape)
      let wrong = gradientMismatch(at: [moved]) { $0[0].activated(by: activation) }
      #expect(wrong == nil, "\(activation)")
    }
  }

  @Test(arguments: Activation.allCases)
  func gradientsOfBiasActivationDropout(_ activation: Activation) {
    let mask = DropoutDraw(probability: 0.3, key: 5, stream: 2)
    for draw in [nil, mask] {
      let inputs = [sample([5, 7], 1) * 3, sample([7], 2) + 0.03]
      let wrong = gradientMismatch(at: inputs, step: 1e-3, tolerance: 2e-2) {
        $0[0].activated(by: activation, bias: $0[1], mask: draw)
      }
      #expect(wrong == nil, "\(activation)")
    }
  }

  @Test func gradientsOfFunctions() {
    let x = sample([3, 5]) * 0.4 + 1.2
    #expect(gradientMismatch(at: [x]) { $0[0].exp() } == nil)
    #expect(gradientMismatch(at: [x]) { $0[0].log() } == nil)
    #expect(gradientMismatch(at: [x]) { $0[0].squareRoot() } == nil)
    #expect(gradientMismatch(at: [x]) { $0[0].squared() } == nil)
    #expect(gradientMismatch(at: [x]) { $0[0].reciprocal() } == nil)
    #expect(gradientMismatch(at: [x]) { $0[0].sin() } == nil)
    #expect(gradientMismatch(at: [x]) { $0[0].cos() } == nil)
    #expect(gradientMismatch(at: [x]) { $0[0].tanh() } == nil)
    #expect(gradientMismatch(at: [x]) { $0[0].sigmoid() } == nil)
    #expect(gradientMismatch(at: [x]) { $0[0].magnitude() } == nil)
  }

  @Test func gradientsOfSoftmax() {
    for shape in [[1, 1], [3, 5], [4, 33]] as [Shape] {
      #expect(gradientMismatch(at: [sample(shape)]) { $0[0].softmax() } == nil)
      #expect(gradientMismatch(at: [sample(shape)]) { $0[0].logSoftmax() } == nil)
    }
    #expect(sample([4, 9]).softmax().sum(along: 1).scalars.allSatisfy { abs($0 - 1) < 1e-6 })
  }

  @Test func dropoutKeepsTheExpectedShareAndGradient() {
    let mask = DropoutDraw(probability: 0.25, key: 3, stream: 9)
    let ones = Tensor.ones([400, 250])
    let dropped = ones.droppedOut(mask)
    let kept = dropped.scalars.filter { $0 != 0 }
    #expect(abs(Double(kept.count) / 100_000 - 0.75) < 0.005)
    #expect(kept.allSatisfy { abs($0 - 1 / 0.75) < 1e-6 })
    #expect(dropped.scalars == ones.droppedOut(mask).scalars)
    let other = DropoutDraw(probability: 0.25, key: 3, stream: 10)
    #expect(dropped.scalars != ones.droppedOut(other).scalars)
    #expect(gradientMismatch(at: [sample([5, 7])]) { $0[0].droppedOut(mask) } == nil)
  }
}
