extension Tensor {
  /// The weights of a scaled dot-product attention of packed sequences, averaged over its first
  /// heads, with gradients: for losses that say what is to be attended to.
  ///
  /// - Parameters:
  ///   - query: `width` columns of `[target, channel]`, not yet scaled.
  ///   - key: `width` columns of `[source, channel]`
  ///   - shape: sequences and heads, all of which are visible.
  ///   - heads: how many of the heads count.
  /// - Returns: for each sequence its weights, row by row, one sequence after the other.
  ///   `[target * source]`
  public static func attentionProbabilities(
    query: StateColumns, key: StateColumns, shape: AttentionShape, heads: Int
  ) -> Tensor {
    let work = ProbabilityWork(query, key, shape, heads: heads)
    let result = Tensor.zeros([work.offsets[work.offsets.count - 1]])
    Parallel.blocks(shape.querySegments.count) { sequence in
      work.forEachHead(of: sequence) { _, weights in
        work.add(weights, to: result.pointer + work.offsets[sequence])
      }
    }
    let nodes = (query.states.node, key.states.node)
    guard let tape = (nodes.0 ?? nodes.1)?.tape else { return result }
    return tape.record(result) { gradient in
      let queryGradient = work.gradientTarget(nodes.0, query.states.shape)
      let keyGradient =
        nodes.0 === nodes.1 ? queryGradient : work.gradientTarget(nodes.1, key.states.shape)
      Parallel.blocks(shape.querySegments.count) { sequence in
        work.forEachHead(of: sequence) { head, weights in
          work.goBack(
            sequence, head, weights, gradient.pointer + work.offsets[sequence], queryGradient,
            keyGradient)
        }
      }
    }
  }
}

/// The pieces of ``Tensor/attentionProbabilities(query:key:shape:heads:)``.
private struct ProbabilityWork: @unchecked Sendable {
  let query, key: StateColumns
  let shape: AttentionShape
  let heads: Int
  /// Where the weights of each sequence begin, and the number of all.
  let offsets: [Int]

  init(_ query: StateColumns, _ key: StateColumns, _ shape: AttentionShape, heads: Int) {
    precondition(
      (1...shape.heads).contains(heads),
      "an attention of \(shape.heads) heads has no first \(heads)")
    (self.query, self.key, self.shape, self.heads) = (query, key, shape, heads)
    offsets = (0..<shape.querySegments.count).reduce(into: [0]) { sums, sequence in
      let size = shape.querySegments.length(sequence) * shape.keySegments.length(sequence)
      sums.append(sums[sums.count - 1] + size)
    }
  }

  private var size: Int { shape.headDimension }
  private var scale: Float { 1 / Float(size).squareRoot() }

  private func rows(_ columns: StateColumns, _ range: Range<Int>, _ head: Int) -> Matrix {
    Matrix(
      pointer: columns.pointer + range.lowerBound * columns.stride + head * size,
      stride: columns.stride)
  }

  /// Calls `body` with the weights of each head that counts. `[target, source]`
  func forEachHead(of sequence: Int, _ body: (_ head: Int, Tensor) -> Void) {
    let (targets, sources) = (shape.querySegments[sequence], shape.keySegments[sequence])
    if targets.isEmpty || sources.isEmpty { return }
    for head in 0..<heads {
      let scores = Tensor(uninitialized: [targets.count, sources.count])
      var keys = rows(key, sources, head)
      keys.transposed = true
      MatrixProduct.serial(
        scores.matrix(), rows(query, targets, head), keys, m: targets.count, n: sources.count,
        k: size)
      body(head, scores.scaled(by: scale).softmax())
    }
  }

  /// Adds the share of a head.
  func add(_ weights: Tensor, to target: UnsafeMutablePointer<Float>) {
    let share = 1 / Float(heads)
    for place in 0..<weights.count { target[place] += share * weights.pointer[place] }
  }

  func gradientTarget(_ node: Node?, _ shape: Shape) -> Tensor {
    node?.clearedTarget(shape: shape) ?? Tensor.zeros(shape)
  }

  /// Goes back through the softmax and the products of one head.
  func goBack(
    _ sequence: Int, _ head: Int, _ weights: Tensor, _ gradient: UnsafePointer<Float>,
    _ queryGradient: Tensor, _ keyGradient: Tensor
  ) {
    let (targets, sources) = (shape.querySegments[sequence], shape.keySegments[sequence])
    let (m, n) = (targets.count, sources.count)
    let scores = Tensor(uninitialized: [m, n])
    let factor = scale / Float(heads)
    for row in 0..<m {
      let (own, given) = (weights.pointer + row * n, gradient + row * n)
      var sum: Float = 0
      for place in 0..<n { sum += own[place] * given[place] }
      for place in 0..<n {
        scores.pointer[row * n + place] = factor * own[place] * (given[place] - sum)
      }
    }
    let queries = rows(StateColumns(queryGradient, from: query.first), targets, head)
    let keys = rows(StateColumns(keyGradient, from: key.first), sources, head)
    MatrixProduct.serial(
      queries, scores.matrix(), rows(key, sources, head), m: m, n: size, k: n, keep: 1)
    MatrixProduct.serial(
      keys, scores.matrix(transposed: true), rows(query, targets, head), m: n, n: size, k: m,
      keep: 1)
    withExtendedLifetime((scores, weights)) {}
  }
}
