import CFairlineKernels

extension Tensor {
  /// Every row normalised to mean 0 and variance 1, then scaled and shifted (Ba and others 2016).
  ///
  /// - Parameters:
  ///   - scale: `[channel]`
  ///   - shift: `[channel]`
  ///   - epsilon: added to the variance.
  /// - Returns: `[..., channel]`, this tensor's shape.
  public func layerNormalized(scale: Tensor, shift: Tensor, epsilon: Float = 1e-5) -> Tensor {
    let columns = shape.columns
    let moments = RowMoments(rows: shape.rows)
    let (x, gamma, beta) = (detached, scale.detached, shift.detached)
    let result = Tensor(uninitialized: shape)
    Parallel.rows(shape.rows, columns: columns) { range in
      let (row, first) = (range.lowerBound, range.lowerBound * columns)
      fl_layer_norm(
        result.pointer + first, moments.mean.pointer + row, moments.inverse.pointer + row,
        x.pointer + first, gamma.pointer, beta.pointer, Int64(range.count), Int64(columns),
        epsilon)
    }
    guard let tape = (node ?? scale.node ?? shift.node)?.tape else {
      return withExtendedLifetime((x, gamma, beta)) { result }
    }
    let nodes = (node, scale.node, shift.node)
    return tape.record(result) { gradient in
      let (target, keep) = nodes.0?.target(shape: x.shape) ?? (Tensor(uninitialized: x.shape), 0)
      LayerNormGradient.run(
        target, accumulate: keep == 1, gradient, x: x, moments: moments, scale: gamma, nodes.1,
        nodes.2)
    }
  }
}

/// The mean and the inverse standard deviation of each row, kept for the backward pass.
struct RowMoments {
  let mean: Tensor
  let inverse: Tensor

  init(rows: Int) {
    mean = Tensor(uninitialized: [rows])
    inverse = Tensor(uninitialized: [rows])
  }
}

/// The backward pass of layer normalisation, shared by the fused operations.
enum LayerNormGradient {
  /// Computes the input's gradient into `target` and adds those of scale and shift to their nodes.
  static func run(
    _ target: Tensor, accumulate: Bool, _ gradient: Tensor, x: Tensor, moments: RowMoments,
    scale: Tensor, _ scaleNode: Node?, _ shiftNode: Node?
  ) {
    let (rows, columns) = (x.shape.rows, x.shape.columns)
    let grain = max(1, max(Parallel.grain / max(columns, 1), (rows + 31) / 32))
    let blocks = (rows + grain - 1) / grain
    let begun = Profile.begin()
    let partial = Tensor.zeros([max(blocks, 1), 2, columns])
    Parallel.ranges(rows, grain: grain) { range in
      let (row, first) = (range.lowerBound, range.lowerBound * columns)
      let sums = partial.pointer + row / grain * 2 * columns
      fl_layer_norm_grad(
        target.pointer + first, accumulate, sums, sums + columns, gradient.pointer + first,
        x.pointer + first, moments.mean.pointer + row, moments.inverse.pointer + row,
        scale.pointer, Int64(range.count), Int64(columns))
    }
    for (node, skip) in [(scaleNode, 0), (shiftNode, columns)] {
      guard let node else { continue }
      let sum = node.clearedTarget(shape: [columns])
      fl_column_sum(
        sum.pointer, partial.pointer + skip, Int64(blocks), Int64(columns), Int64(2 * columns))
    }
    Profile.end(.normBackward, begun)
    withExtendedLifetime((partial, target)) {}
  }
}
