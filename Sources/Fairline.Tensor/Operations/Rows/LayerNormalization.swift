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
    let shape = shape
    let kept = NormalizationRecord(input: x, result: result, moments, scale: gamma, shift: beta)
    return tape.record(result) { gradient in
      let (target, keep) = nodes.0?.target(shape: shape) ?? (Tensor(uninitialized: shape), 0)
      kept.goBack(gradient, into: target, accumulate: keep == 1, scale: nodes.1, shift: nodes.2)
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

/// What the backward pass of a layer normalisation keeps: the result, from which the normalised
/// rows are had back, as whatever reads the result keeps it anyway; or what was normalised, where
/// scales are so small that the way back is inexact.
struct NormalizationRecord {
  private let rows: Tensor
  private let moments: RowMoments
  private let scale: Tensor
  private let shift: Tensor
  /// One divided by each scale; nil when ``rows`` is what was normalised.
  private let inverse: Tensor?

  /// Keeps what is needed.
  ///
  /// - Parameters:
  ///   - input: what was normalised; may have become the result when ``isExact(scale:shift:)``.
  ///   - result: the same shape.
  init(input: Tensor, result: Tensor, _ moments: RowMoments, scale: Tensor, shift: Tensor) {
    let isExact = Self.isExact(scale: scale, shift: shift)
    rows = isExact ? result.detached : input
    self.moments = moments
    (self.scale, self.shift) = (scale, shift)
    inverse = isExact ? Tensor(scale.scalars.map { 1 / $0 }, shape: scale.shape) : nil
  }

  /// Whether the way back from the result loses no more than the last few bits: no scale is small
  /// by itself or beside its shift.
  static func isExact(scale: Tensor, shift: Tensor) -> Bool {
    (0..<scale.count).allSatisfy {
      let size = abs(scale.pointer[$0])
      return size >= 1 / 16 && abs(shift.pointer[$0]) <= 16 * size
    }
  }

  /// Computes the input's gradient into `target` and adds those of scale and shift to their nodes.
  func goBack(
    _ gradient: Tensor, into target: Tensor, accumulate: Bool, scale scaleNode: Node?,
    shift shiftNode: Node?
  ) {
    let (rowCount, columns) = (rows.shape.rows, rows.shape.columns)
    let grain = max(1, max(Parallel.grain / max(columns, 1), (rowCount + 31) / 32))
    let blocks = (rowCount + grain - 1) / grain
    let begun = Profile.begin()
    let partial = Tensor.zeros([max(blocks, 1), 2, columns])
    Parallel.ranges(rowCount, grain: grain) { range in
      let (row, first) = (range.lowerBound, range.lowerBound * columns)
      let sums = partial.pointer + row / grain * 2 * columns
      fl_layer_norm_grad(
        target.pointer + first, accumulate, sums, sums + columns, gradient.pointer + first,
        rows.pointer + first, moments.mean.pointer + row, moments.inverse.pointer + row,
        scale.pointer, shift.pointer, inverse?.pointer, Int64(range.count), Int64(columns))
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
