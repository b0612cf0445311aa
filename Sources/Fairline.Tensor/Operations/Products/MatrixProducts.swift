extension Tensor {
  /// The product of matrices, or of stacks of matrices with equal leading axes.
  ///
  /// - Parameters:
  ///   - other: `[..., k, n]`; `[..., n, k]` when transposed. A single matrix serves every matrix
  ///     of a stack.
  ///   - transposed: whether to use each matrix of this tensor transposed.
  ///   - otherTransposed: whether to use each matrix of `other` transposed.
  /// - Returns: `[..., m, n]` for this tensor `[..., m, k]`.
  public func matrixProduct(
    _ other: Tensor, transposed: Bool = false, otherTransposed: Bool = false
  ) -> Tensor {
    let plan = ProductPlan(shape, other.shape, transposed, otherTransposed)
    let (a, b) = (detached, other.detached)
    let result = Tensor(uninitialized: plan.resultShape)
    plan.run(result, a, b, keep: 0)
    guard let tape = (node ?? other.node)?.tape else {
      return withExtendedLifetime((a, b)) { result }
    }
    let (left, right) = (node, other.node)
    return tape.record(result) { gradient in
      if let left {
        let (target, keep) = left.target(shape: a.shape)
        plan.leftGradient(target, gradient, b, keep: keep)
      }
      if let right {
        let (target, keep) = right.target(shape: b.shape)
        plan.rightGradient(target, gradient, a, keep: keep)
      }
    }
  }
}

/// The sizes of a (stacked) product and how its three products run.
private struct ProductPlan {
  let m: Int
  let n: Int
  let k: Int
  let stack: Int
  let sharesRight: Bool
  let transposed: Bool
  let otherTransposed: Bool
  let resultShape: Shape

  init(_ a: Shape, _ b: Shape, _ transposed: Bool, _ otherTransposed: Bool) {
    precondition(a.rank >= 2 && b.rank >= 2, "a matrix product needs two axes, not \(a) and \(b)")
    m = transposed ? a[-1] : a[-2]
    k = transposed ? a[-2] : a[-1]
    n = otherTransposed ? b[-2] : b[-1]
    let inner = otherTransposed ? b[-1] : b[-2]
    precondition(
      k == inner, "matrices of \(a) and \(b) do not fit: \(k) columns against \(inner) rows")
    let leading = Array(a.dimensions.dropLast(2))
    sharesRight = b.rank == 2
    precondition(
      sharesRight || Array(b.dimensions.dropLast(2)) == leading,
      "stacks of matrices \(a) and \(b) differ in their leading axes")
    stack = leading.reduce(1, *)
    resultShape = Shape(leading + [m, n])
    self.transposed = transposed
    self.otherTransposed = otherTransposed
  }

  /// Computes c = a b + keep c.
  func run(_ c: Tensor, _ a: Tensor, _ b: Tensor, keep: Float) {
    if sharesRight && !transposed {
      MatrixProduct.run(
        c.matrix(), a.matrix(), b.matrix(transposed: otherTransposed), m: stack * m, n: n, k: k,
        keep: keep)
    } else {
      each { index in
        (
          part(c, m * n, index, n), part(a, m * k, index, a.shape[-1], transposed),
          part(b, sharesRight ? 0 : k * n, index, b.shape[-1], otherTransposed), m, n, k, keep
        )
      }
    }
  }

  func leftGradient(_ target: Tensor, _ gradient: Tensor, _ b: Tensor, keep: Float) {
    each { index in
      let g = part(gradient, m * n, index, n)
      let right = part(b, sharesRight ? 0 : k * n, index, b.shape[-1], !otherTransposed)
      let out = part(target, m * k, index, target.shape[-1])
      return transposed
        ? (out, flipped(right), flipped(g), k, m, n, keep) : (out, g, right, m, k, n, keep)
    }
  }

  func rightGradient(_ target: Tensor, _ gradient: Tensor, _ a: Tensor, keep: Float) {
    for index in 0..<stack {
      let g = part(gradient, m * n, index, n)
      let left = part(a, m * k, index, a.shape[-1], !transposed)
      let out = part(target, sharesRight ? 0 : k * n, index, target.shape[-1])
      let kept = sharesRight && index > 0 ? 1 : keep
      if otherTransposed {
        MatrixProduct.run(out, flipped(g), flipped(left), m: n, n: k, k: m, keep: kept)
      } else {
        MatrixProduct.run(out, left, g, m: k, n: n, k: m, keep: kept)
      }
    }
    if stack == 0 && sharesRight && keep == 0 {
      target.pointer.update(repeating: 0, count: target.count)
    }
  }

  private typealias Product = (Matrix, Matrix, Matrix, Int, Int, Int, Float)

  /// Runs one product for each matrix of the stack: side by side when there are several, split when
  /// there is one.
  private func each(_ product: (Int) -> Product) {
    if stack == 1 {
      let (c, a, b, m, n, k, keep) = product(0)
      MatrixProduct.run(c, a, b, m: m, n: n, k: k, keep: keep)
      return
    }
    Engine.prepare()
    Parallel.ranges(stack, grain: max(1, 100_000 / max(m * n * k, 1))) { range in
      for index in range {
        let (c, a, b, m, n, k, keep) = product(index)
        if m > 0 && n > 0 { MatrixProduct.serial(c, a, b, m: m, n: n, k: k, keep: keep) }
      }
    }
  }

  private func part(
    _ tensor: Tensor, _ size: Int, _ index: Int, _ columns: Int, _ transposed: Bool = false
  ) -> Matrix {
    Matrix(
      pointer: tensor.pointer + size * index, stride: max(columns, 1), transposed: transposed)
  }

  private func flipped(_ matrix: Matrix) -> Matrix {
    Matrix(pointer: matrix.pointer, stride: matrix.stride, transposed: !matrix.transposed)
  }
}
