import FairlineTensor
import FairlineTesting
import Testing

@Suite struct ShapeTests {
  @Test func reductions() {
    let x = sample([2, 3, 4])
    #expect(gradientMismatch(at: [x]) { $0[0].sum() } == nil)
    #expect(gradientMismatch(at: [x]) { $0[0].mean() } == nil)
    for axis in [0, 1, 2, -1] {
      #expect(gradientMismatch(at: [x]) { $0[0].sum(along: axis) } == nil)
      #expect(gradientMismatch(at: [x]) { $0[0].mean(along: axis, keepingAxis: true) } == nil)
    }
    #expect(gradientMismatch(at: [x], step: 1e-3, tolerance: 2e-2) { $0[0].maximum() } == nil)
    let small = Tensor([1, 2, 3, 4, 5, 6], shape: [2, 3])
    #expect(small.sum(along: 0).scalars == [5, 7, 9])
    #expect(small.sum(along: 1).scalars == [6, 15])
    #expect(small.maximum().scalars == [3, 6])
    #expect(small.argmax() == [2, 2])
    #expect(abs(small.squaredNorm - 91) < 1e-9)
  }

  @Test func movement() {
    let x = sample([2, 3, 4])
    #expect(
      gradientMismatch(at: [x]) { $0[0].reshaped(to: [6, 4]) * $0[0].reshaped(to: [6, 4]) } == nil)
    #expect(gradientMismatch(at: [x]) { $0[0].permuted([2, 0, 1]) } == nil)
    #expect(gradientMismatch(at: [x]) { $0[0].transposed() } == nil)
    for axis in 0..<3 {
      #expect(gradientMismatch(at: [x]) { $0[0].sliced(1..<2, along: axis) } == nil)
      let joined = gradientMismatch(at: [x, sample([2, 3, 4], 5)]) {
        Tensor.concatenated([$0[0], $0[1], $0[0]], along: axis)
      }
      #expect(joined == nil)
    }
    let small = Tensor([1, 2, 3, 4, 5, 6], shape: [2, 3])
    #expect(small.transposed().scalars == [1, 4, 2, 5, 3, 6])
    #expect(small.sliced(1..<3, along: 1).scalars == [2, 3, 5, 6])
    #expect(Tensor.concatenated([small, small], along: 1).scalars.prefix(6) == [1, 2, 3, 1, 2, 3])
  }

  @Test func indexing() {
    let x = sample([4, 3])
    #expect(gradientMismatch(at: [x]) { $0[0].rows(at: [3, 0, 3]) } == nil)
    #expect(gradientMismatch(at: [x]) { $0[0].rows(at: []) } == nil)
    #expect(gradientMismatch(at: [x]) { $0[0].scattered(to: [1, 1, 0, 6], count: 7) } == nil)
    #expect(gradientMismatch(at: [x]) { $0[0].elements(at: [0, 2, 1, 1]) } == nil)
  }
}
