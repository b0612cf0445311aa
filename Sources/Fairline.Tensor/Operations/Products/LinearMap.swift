import CFairlineKernels

extension Tensor {
  /// The affine map `x Wᵀ + b` of every row.
  ///
  /// - Parameters:
  ///   - weight: `[output, input]`
  ///   - bias: `[output]`, or nil for a linear map.
  /// - Returns: `[..., output]` for this tensor `[..., input]`.
  public func linear(weight: Tensor, bias: Tensor? = nil) -> Tensor {
    let (inputs, outputs, rows) = (weight.shape[1], weight.shape[0], shape.rows)
    precondition(
      shape.columns == inputs,
      "a linear map of weight \(weight.shape) cannot take rows of \(shape.columns) channels")
    // A product may compute its left operand itself.
    let (x, w) = (viewed(as: shape), weight.detached)
    let result = Tensor(uninitialized: Shape(shape.dimensions.dropLast() + [outputs]))
    if let bias {
      precondition(bias.count == outputs, "a bias \(bias.shape) does not fit \(outputs) outputs")
    }
    MatrixProduct.run(
      result.matrix(), x.leftOperand(), w.matrix(transposed: true), m: rows, n: outputs,
      k: inputs, bias: bias.map { UnsafePointer($0.pointer) }, as: .linearForward)
    guard let tape = (node ?? weight.node ?? bias?.node)?.tape else {
      return withExtendedLifetime((x, w, bias)) { result }
    }
    let (inputNode, weightNode, biasNode) = (node, weight.node, bias?.node)
    return tape.record(result) { gradient in
      LinearGradient.run(
        gradient.viewed(as: [rows, outputs]), x: x, weight: w, inputNode, weightNode)
      if let biasNode {
        LinearGradient.addColumnSums(
          of: gradient, columns: outputs, to: biasNode.clearedTarget(shape: [outputs]))
      }
    }
  }
}

/// The backward pass of linear maps, shared by the fused operations.
enum LinearGradient {
  /// Adds `g W` to the input's gradient and `gᵀ x` to the weight's.
  ///
  /// - Parameters:
  ///   - gradient: `[row, output]`
  ///   - x: `[..., input]`
  ///   - weight: `[output, input]`
  static func run(
    _ gradient: Tensor, x: Tensor, weight: Tensor, _ inputNode: Node?, _ weightNode: Node?
  ) {
    let (inputs, outputs, rows) = (weight.shape[1], weight.shape[0], x.shape.rows)
    if let inputNode {
      let (target, keep) = inputNode.target(shape: x.shape)
      let masks = inputNode.isRectified && BlockedProduct.pays(m: rows, n: inputs, k: outputs)
      MatrixProduct.run(
        target.matrix(), gradient.matrix(), weight.matrix(), m: rows, n: inputs, k: outputs,
        keep: keep, mask: masks ? UnsafePointer(x.pointer) : nil, as: .linearInput)
      if masks { inputNode.markMasked() }
    }
    if let weightNode {
      let (target, keep) = weightNode.target(shape: weight.shape)
      // The operand with more columns is the left one: it is packed while the product runs.
      if inputs >= 2 * outputs, BlockedProduct.pays(m: inputs, n: outputs, k: rows) {
        addTransposed(gradient, x: x, to: target, keep: keep)
      } else {
        MatrixProduct.run(
          target.matrix(), gradient.matrix(transposed: true), x.matrix(), m: outputs, n: inputs,
          k: rows, keep: keep, as: .linearWeight)
      }
    }
    withExtendedLifetime((gradient, x, weight)) {}
  }

  /// Computes `target = keep * target + (xᵀ g)ᵀ`.
  private static func addTransposed(
    _ gradient: Tensor, x: Tensor, to target: Tensor, keep: Float
  ) {
    let (outputs, inputs) = (target.shape[0], target.shape[1])
    let turned = Tensor(uninitialized: [inputs, outputs])
    MatrixProduct.run(
      turned.matrix(), x.matrix(transposed: true), gradient.matrix(), m: inputs, n: outputs,
      k: x.shape.rows, as: .linearWeight)
    Profile.measure(.linearWeight) {
      Parallel.ranges(outputs, grain: 32) { range in
        let first = range.lowerBound
        fl_transpose(
          target.pointer + first * inputs, Int64(inputs), turned.pointer + first, Int64(outputs),
          Int64(range.count), Int64(inputs), keep == 1)
      }
    }
    withExtendedLifetime((turned, target)) {}
  }

  /// Adds the sum over rows to `target`, in fixed blocks of columns.
  static func addColumnSums(of tensor: Tensor, columns: Int, to target: Tensor) {
    let rows = tensor.count / max(columns, 1)
    let width = max(16, (columns / 8 + 15) / 16 * 16)
    Profile.measure(.biasBackward) {
      Parallel.ranges(columns, grain: width) { range in
        let first = range.lowerBound
        fl_column_sum(
          target.pointer + first, tensor.pointer + first, Int64(rows), Int64(range.count),
          Int64(columns))
      }
    }
    withExtendedLifetime(tensor) {}
  }
}
