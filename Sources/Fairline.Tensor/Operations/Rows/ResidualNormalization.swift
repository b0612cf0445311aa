import CFairlineKernels

extension Tensor {
  /// `layerNorm(residual + dropout(self + bias))`, in one pass: the end of a post-norm sub-layer.
  ///
  /// - Parameters:
  ///   - bias: `[channel]`
  ///   - residual: `[token, channel]`
  ///   - scale: the normalisation's `[channel]`
  ///   - shift: the normalisation's `[channel]`
  ///   - mask: the dropout of the branch, nil for none.
  /// - Returns: `[token, channel]`
  public func addedAndNormalized(
    bias: Tensor?, residual: Tensor, scale: Tensor, shift: Tensor, epsilon: Float = 1e-5,
    mask: DropoutDraw?
  ) -> Tensor {
    let step = ResidualStep(self, bias: bias, residual: residual, mask: mask)
    let moments = RowMoments(rows: shape.rows)
    let result = Tensor(uninitialized: shape)
    let (gamma, beta) = (scale.detached, shift.detached)
    let sum =
      NormalizationRecord.isExact(scale: gamma, shift: beta)
      ? result : Tensor(uninitialized: shape)
    step.run(sum, norm: (result, moments, gamma, beta, epsilon))
    let nodes = (scale.node, shift.node)
    let back = step.gradient
    guard let tape = back.tape ?? nodes.0?.tape ?? nodes.1?.tape else { return result }
    let kept = NormalizationRecord(input: sum, result: result, moments, scale: gamma, shift: beta)
    return tape.record(result) { gradient in
      let total = Tensor(uninitialized: back.shape)
      kept.goBack(gradient, into: total, accumulate: false, scale: nodes.0, shift: nodes.1)
      back.goBack(total)
    }
  }

  /// `residual + dropout(self + bias)`, in one pass: the end of a pre-norm sub-layer.
  ///
  /// - Parameters:
  ///   - bias: `[channel]`
  ///   - residual: `[token, channel]`
  ///   - mask: the dropout of the branch, nil for none.
  /// - Returns: `[token, channel]`
  public func added(bias: Tensor?, residual: Tensor, mask: DropoutDraw?) -> Tensor {
    let step = ResidualStep(self, bias: bias, residual: residual, mask: mask)
    let sum = Tensor(uninitialized: shape)
    step.run(sum, norm: nil)
    let back = step.gradient
    guard let tape = back.tape else { return sum }
    return tape.record(sum) { back.goBack($0) }
  }
}

/// `residual + dropout(branch + bias)`.
private struct ResidualStep {
  let branch: Tensor
  let bias: Tensor?
  let residual: Tensor
  let mask: DropoutDraw?
  let gradient: ResidualGradient

  typealias Norm = (
    result: Tensor, moments: RowMoments, scale: Tensor, shift: Tensor, epsilon: Float
  )

  init(_ branch: Tensor, bias: Tensor?, residual: Tensor, mask: DropoutDraw?) {
    precondition(
      branch.shape == residual.shape,
      "a branch of shape \(branch.shape) cannot be added to states of \(residual.shape)")
    self.branch = branch.detached
    self.bias = bias?.detached
    self.residual = residual.detached
    self.mask = mask
    gradient = ResidualGradient(
      nodes: (branch.node, bias?.node, residual.node), mask: mask, shape: branch.shape)
  }

  func run(_ sum: Tensor, norm: Norm?) {
    let columns = branch.shape.columns
    let begun = Profile.begin()
    Parallel.rows(branch.shape.rows, columns: columns) { range in
      let (row, first) = (range.lowerBound, range.lowerBound * columns)
      fl_residual_norm(
        sum.pointer + first, norm.map { $0.result.pointer + first },
        norm.map { $0.moments.mean.pointer + row }, norm.map { $0.moments.inverse.pointer + row },
        branch.pointer + first, bias?.pointer, residual.pointer + first, norm?.scale.pointer,
        norm?.shift.pointer, Int64(range.count), Int64(columns), norm?.epsilon ?? 0,
        mask?.probability ?? 0, mask?.key ?? 0, mask?.stream ?? 0, UInt64(first))
    }
    Profile.end(.normForward, begun)
  }
}

/// The backward pass of a ``ResidualStep``, which needs none of its numbers.
private struct ResidualGradient {
  let nodes: (branch: Node?, bias: Node?, residual: Node?)
  let mask: DropoutDraw?
  let shape: Shape

  var tape: Tape? { (nodes.branch ?? nodes.residual ?? nodes.bias)?.tape }

  /// Passes the gradient of the sum on; `total` may be adopted by the nodes.
  func goBack(_ total: Tensor) {
    let columns = shape.columns
    if nodes.branch != nil || nodes.bias != nil {
      var part = total
      if let mask {
        part = Tensor(uninitialized: shape)
        let dropped = part
        Profile.measure(.normBackward) {
          Parallel.ranges(shape.count) { range in
            let first = range.lowerBound
            fl_dropout(
              dropped.pointer + first, total.pointer + first, mask.probability, mask.key,
              mask.stream, UInt64(first), Int64(range.count))
          }
        }
      }
      if let biasNode = nodes.bias {
        LinearGradient.addColumnSums(
          of: part, columns: columns, to: biasNode.clearedTarget(shape: [columns]))
      }
      nodes.branch?.accumulate(part)
    }
    nodes.residual?.accumulate(total)
  }
}
