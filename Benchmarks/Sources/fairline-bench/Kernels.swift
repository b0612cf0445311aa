import FairlineTensor

/// Matrix products of a Transformer's sizes: forward, input gradient, weight gradient.
func measureMatrixProducts(_ settings: BenchmarkSettings) {
  for (m, n, k) in [
    (2048, 256, 256), (2048, 1024, 256), (2048, 256, 1024), (2048, 2048, 512), (2048, 512, 2048),
    (256, 7792, 256), (256, 7792, 512), (320, 256, 256),
  ] {
    let (a, b) = (Tensor.ones([m, k]), Tensor.ones([n, k]))
    let time = settings.median { _ = a.matrixProduct(b, otherTransposed: true) }
    let rate = 2 * Double(m) * Double(n) * Double(k) / time * 1e-9
    print("matmul \(m) x \(n) x \(k): \(short(time * 1e3)) ms, \(short(rate)) GFLOP/s")
  }
}

/// Self-attention forward and backward over packed sentences.
func measureAttention(_ settings: BenchmarkSettings) {
  for length in [15, 60, 256, 1024] {
    let (heads, size) = (4, 64)
    let segments = Segments(lengths: Array(repeating: length, count: max(1, 4096 / length)))
    let shape = AttentionShape(
      querySegments: segments, keySegments: segments, heads: heads, headDimension: size)
    let x = Tensor.uniform([segments.tokenCount, 3 * heads * size], key: 1, stream: 1)
    let time = settings.median {
      let tape = Tape()
      let y = tape.watch(x)
      let result = Tensor.attention(
        query: StateColumns(y), key: StateColumns(y, from: heads * size),
        value: StateColumns(y, from: 2 * heads * size), shape: shape,
        mask: DropoutDraw(probability: 0.1, key: 1, stream: 2))
      tape.goBack(from: result)
    }
    print("attention length \(length), \(segments.tokenCount) tokens: \(short(time * 1e3)) ms")
  }
}
