import CFairlineKernels

extension Tensor {
  /// `max(x Wᵀ + b, 0)` of every row, in one visit of the result.
  ///
  /// - Parameters:
  ///   - weight: `[output, input]`
  ///   - bias: `[output]`
  /// - Returns: `[row, output]` for this tensor `[row, input]`.
  func rectifiedLinear(weight: Tensor, bias: Tensor) -> Tensor {
    let (inputs, outputs, rows) = (weight.shape[1], weight.shape[0], shape.rows)
    precondition(
      shape.columns == inputs && bias.count == outputs,
      "a linear map of weight \(weight.shape) and bias \(bias.shape) cannot take rows \(shape)")
    let (x, w) = (detached, weight.detached)
    let result = Tensor(uninitialized: [rows, outputs])
    MatrixProduct.run(
      result.matrix(), x.matrix(), w.matrix(transposed: true), m: rows, n: outputs, k: inputs,
      bias: UnsafePointer(bias.pointer), clamps: true, as: .linearForward)
    guard let tape = (node ?? weight.node ?? bias.node)?.tape else {
      return withExtendedLifetime((x, w, bias)) { result }
    }
    let (inputNode, weightNode, biasNode) = (node, weight.node, bias.node)
    return tape.record(rectified: result) { gradient, isMasked in
      let part = isMasked ? gradient : masked(gradient, by: result)
      LinearGradient.run(part, x: x, weight: w, inputNode, weightNode)
      if let biasNode {
        LinearGradient.addColumnSums(
          of: part, columns: outputs, to: biasNode.clearedTarget(shape: [outputs]))
      }
    }
  }
}

/// The gradient where the value is above 0, and 0 elsewhere. `[row, output]`
private func masked(_ gradient: Tensor, by value: Tensor) -> Tensor {
  let columns = value.shape.columns
  let result = Tensor(uninitialized: value.shape)
  Profile.measure(.activationBackward) {
    Parallel.rows(value.shape.rows, columns: columns) { range in
      let first = range.lowerBound * columns
      fl_bias_activation_grad(
        result.pointer + first, nil, gradient.pointer + first, value.pointer + first,
        Int64(range.count), Int64(columns), FL_RELU, 0, 0, 0, 0)
    }
  }
  return withExtendedLifetime((gradient, value)) { result }
}
