import FairlineTensor
import FairlineTesting
import Foundation
import Testing

@Suite struct AttentionTests {
  /// Attention of one sequence and head from the definition, in double precision.
  static func reference(
    _ q: [[Double]], _ k: [[Double]], _ v: [[Double]], causal: Bool
  ) -> [[Double]] {
    q.enumerated().map { i, query in
      let allowed = k.indices.filter { !causal || $0 <= i + k.count - q.count }
      let scores = allowed.map { j in
        zip(query, k[j]).reduce(0) { $0 + $1.0 * $1.1 } / Double(query.count).squareRoot()
      }
      let weights = scores.map { exp($0 - (scores.max() ?? 0)) }
      let total = weights.reduce(0, +)
      return v[0].indices.map { c in
        zip(allowed, weights).reduce(0) { $0 + v[$1.0][c] * $1.1 / total }
      }
    }
  }

  @Test(arguments: smallSegments, [false, true])
  func equalsTheDefinition(_ segments: Segments, _ causal: Bool) {
    let (heads, size) = (2, 3)
    let x = sample([segments.tokenCount, 3 * heads * size])
    let shape = AttentionShape(
      querySegments: segments, keySegments: segments, heads: heads, headDimension: size,
      isCausal: causal)
    let result = Tensor.attention(
      query: StateColumns(x), key: StateColumns(x, from: heads * size),
      value: StateColumns(x, from: 2 * heads * size), shape: shape
    ).scalars
    let numbers = x.scalars
    for index in 0..<segments.count where segments.length(index) > 0 {
      for head in 0..<heads {
        func part(_ which: Int) -> [[Double]] {
          segments[index].map { row in
            (0..<size).map {
              Double(numbers[row * 3 * heads * size + which * heads * size + head * size + $0])
            }
          }
        }
        let expected = Self.reference(part(0), part(1), part(2), causal: causal)
        for (offset, row) in segments[index].enumerated() {
          for c in 0..<size {
            let observed = Double(result[row * heads * size + head * size + c])
            #expect(abs(observed - expected[offset][c]) < 1e-5)
          }
        }
      }
    }
  }

  @Test(arguments: smallSegments, [false, true])
  func gradientsOfSelfAttention(_ segments: Segments, _ causal: Bool) {
    let shape = AttentionShape(
      querySegments: segments, keySegments: segments, heads: 2, headDimension: 3,
      isCausal: causal)
    for mask in FusedTests.masks {
      let wrong = gradientMismatch(at: [sample([segments.tokenCount, 18])]) {
        Tensor.attention(
          query: StateColumns($0[0]), key: StateColumns($0[0], from: 6),
          value: StateColumns($0[0], from: 12), shape: shape, mask: mask)
      }
      #expect(wrong == nil)
    }
  }

  @Test func gradientsOfCrossAttention() {
    let shape = AttentionShape(
      querySegments: Segments(lengths: [2, 0, 4]), keySegments: Segments(lengths: [3, 1, 6]),
      heads: 2, headDimension: 5)
    let wrong = gradientMismatch(at: [sample([6, 10], 1), sample([10, 20], 2)]) {
      Tensor.attention(
        query: StateColumns($0[0]), key: StateColumns($0[1]),
        value: StateColumns($0[1], from: 10), shape: shape)
    }
    #expect(wrong == nil)
  }

  @Test func sequencesDoNotSeeEachOther() {
    let lengths = [4, 1, 9, 30]
    let all = Segments(lengths: lengths)
    let x = sample([all.tokenCount, 24])
    func attend(_ x: Tensor, _ segments: Segments) -> [Float] {
      let shape = AttentionShape(
        querySegments: segments, keySegments: segments, heads: 2, headDimension: 4,
        isCausal: true)
      return Tensor.attention(
        query: StateColumns(x), key: StateColumns(x, from: 8), value: StateColumns(x, from: 16),
        shape: shape
      ).scalars
    }
    let together = attend(x, all)
    for index in 0..<all.count {
      let alone = attend(x.sliced(all[index]), Segments(lengths: [lengths[index]]))
      #expect(Array(together[(all[index].lowerBound * 8)..<(all[index].upperBound * 8)]) == alone)
    }
  }

  @Test func weightsAreProbabilitiesAndCausal() {
    let segments = Segments(lengths: [3, 5])
    let x = sample([8, 24])
    let weights = AttentionWeights()
    _ = Tensor.attention(
      query: StateColumns(x), key: StateColumns(x, from: 8), value: StateColumns(x, from: 16),
      shape: AttentionShape(
        querySegments: segments, keySegments: segments, heads: 2, headDimension: 4,
        isCausal: true), weights: weights)
    #expect(weights.sequences.map(\.shape) == [[3, 3], [5, 5]])
    for sequence in weights.sequences {
      #expect(sequence.sum(along: 1).scalars.allSatisfy { abs($0 - 1) < 1e-5 })
      #expect(sequence.scalars[1] == 0)
    }
  }

  @Test func resultsDoNotDependOnThreads() throws {
    let segments = Segments(lengths: (1...40).map { $0 % 9 + 1 })
    let x = sample([segments.tokenCount, 96])
    func run() throws -> [Float] {
      let tape = Tape()
      let y = tape.watch(x)
      let shape = AttentionShape(
        querySegments: segments, keySegments: segments, heads: 4, headDimension: 8)
      let result = Tensor.attention(
        query: StateColumns(y), key: StateColumns(y, from: 32), value: StateColumns(y, from: 64),
        shape: shape, mask: DropoutDraw(probability: 0.2, key: 1, stream: 1))
      tape.goBack(from: result)
      return result.scalars + (try #require(tape.gradient(of: y)).scalars)
    }
    let many = try run()
    Parallel.setSerial(true)
    defer { Parallel.setSerial(false) }
    #expect(try run() == many)
  }
}
