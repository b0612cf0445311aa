import FairlineTensor
import FairlineTesting
import Testing

@Suite struct FusedTests {
  static let masks: [DropoutDraw?] = [nil, DropoutDraw(probability: 0.3, key: 1, stream: 4)]

  /// Scales whose way back from the result is exact, and such that are too small for it.
  static func scales(_ count: Int, _ seed: UInt64) -> [Tensor] {
    [sample([count], seed) + 1.5, sample([count], seed) * 0.05]
  }

  @Test func layerNormalization() {
    for shape in [[1, 2], [5, 7], [0, 3], [40, 33]] as [Shape] {
      let columns = shape[1]
      for scale in Self.scales(columns, 2) {
        let inputs = [sample(shape, 1) * 2, scale, sample([columns], 3)]
        let wrong = gradientMismatch(at: inputs, step: 3e-3, tolerance: 2e-2) {
          $0[0].layerNormalized(scale: $0[1], shift: $0[2])
        }
        #expect(wrong == nil, "\(shape)")
      }
    }
  }

  @Test func residualAndNormalization() {
    for mask in Self.masks {
      for scale in Self.scales(7, 4) {
        let inputs = [
          sample([5, 7], 1), sample([7], 2), sample([5, 7], 3), scale, sample([7], 5),
        ]
        let wrong = gradientMismatch(at: inputs, step: 3e-3, tolerance: 2e-2) {
          $0[0].addedAndNormalized(
            bias: $0[1], residual: $0[2], scale: $0[3], shift: $0[4], mask: mask)
        }
        #expect(wrong == nil)
        let sums = gradientMismatch(at: Array(inputs.prefix(3))) {
          $0[0].added(bias: $0[1], residual: $0[2], mask: mask)
        }
        #expect(sums == nil)
      }
    }
  }

  @Test func fusedEqualsComposed() {
    let (x, bias, residual) = (sample([6, 9], 1), sample([9], 2), sample([6, 9], 3))
    let (scale, shift) = (sample([9], 4), sample([9], 5))
    for mask in Self.masks {
      let fused = x.addedAndNormalized(
        bias: bias, residual: residual, scale: scale, shift: shift, mask: mask)
      let composed = (residual + (x + bias).droppedOut(mask)).layerNormalized(
        scale: scale, shift: shift)
      #expect(mismatch(fused, composed, absolute: 1e-6) == nil)
      let activated = x.activated(by: .gelu, bias: bias, mask: mask)
      #expect(mismatch(activated, (x + bias).gelu().droppedOut(mask), absolute: 1e-6) == nil)
    }
  }

  @Test func embedding() {
    let ids: [Int32] = [2, 0, 2, 3]
    let places: [Int32] = [1, 2, 1, 0]
    let wrong = gradientMismatch(at: [sample([4, 5], 1), sample([3, 5], 2)]) {
      $0[0].embedding(of: ids, scale: 2, positions: $0[1], places: places)
    }
    #expect(wrong == nil)
    #expect(gradientMismatch(at: [sample([4, 5])]) { $0[0].embedding(of: ids) } == nil)
    #expect(sample([4, 5]).embedding(of: []).count == 0)
  }

  @Test(arguments: [Float(0), 0.1]) func crossEntropy(_ smoothing: Float) {
    let targets: [Int32] = [2, 0, -1, 6, 3]
    let logits = sample([5, 7], 1) * 2
    let plain = gradientMismatch(at: [logits]) {
      $0[0].crossEntropy(targets: targets, smoothing: smoothing).loss
    }
    #expect(plain == nil)
    let projected = gradientMismatch(at: [sample([5, 4], 2), sample([7, 4], 3)]) {
      $0[0].projectedCrossEntropy(weight: $0[1], targets: targets, smoothing: smoothing).loss * 1.5
    }
    #expect(projected == nil)
  }

  @Test func crossEntropyGoldens() {
    // Probability rows and sums worked out from the definition of label smoothing.
    let rows: [Float] = [
      0.05, 0.05, 0.1, 0.05, 0.3, 0.4, 0.05, 0.05, 0.10, 0.2, 0.05, 0.2, 0.3, 0.10, 0.05, 0.15,
      0.3, 0.05, 0.1, 0.2, 0.15,
    ]
    let logits = Tensor(rows + rows, shape: [6, 7]).log()
    let targets: [Int32] = [4, 2, -1, 4, 4, 2]
    let plain = logits.crossEntropy(targets: targets)
    #expect(abs(plain.lossSum - 6.83079424) < 1e-5)
    let smoothed = logits.crossEntropy(targets: targets, smoothing: 0.1)
    #expect(abs(smoothed.lossSum - 7.32973862) < 1e-5)
    #expect(abs(smoothed.negativeLogLikelihood - 6.83079424) < 1e-5)
  }

  @Test func chunkedCrossEntropyEqualsWhole() {
    // More rows than one chunk holds.
    let (states, weight) = (sample([1200, 8], 1), sample([11, 8], 2))
    let targets = (0..<1200).map { Int32($0 % 12 - 1) }
    let chunked = states.projectedCrossEntropy(weight: weight, targets: targets, smoothing: 0.1)
    let whole = states.linear(weight: weight).crossEntropy(targets: targets, smoothing: 0.1)
    #expect(abs(chunked.lossSum - whole.lossSum) < 1e-4 * whole.lossSum)
    #expect(chunked.correct == whole.correct)
  }
}
