import CFairlineKernels

extension Tensor {
  /// `dropout(activation(self + bias))`, in one pass: the middle of a feed-forward layer.
  ///
  /// - Parameters:
  ///   - bias: `[channel]`
  ///   - mask: the dropout after the activation, nil for none.
  /// - Returns: `[token, channel]`
  public func activated(
    by activation: Activation, bias: Tensor, mask: DropoutDraw?
  ) -> Tensor {
    let (rows, columns, size) = (shape.rows, shape.columns, shape)
    let op = activation.kernel
    let (x, b) = (detached, bias.detached)
    let tape = (node ?? bias.node)?.tape
    let result = Tensor(uninitialized: shape)
    // max(x, 0), and the hyperbolic tangent without dropout, need only their own result on the way
    // back.
    let isPlainTanh = activation == .tanh && mask == nil
    let keepsInput = tape != nil && activation != .relu && !isPlainTanh
    let before = keepsInput ? Tensor(uninitialized: shape) : nil
    let (p, key, stream) = (mask?.probability ?? 0, mask?.key ?? 0, mask?.stream ?? 0)
    Profile.measure(.activationForward) {
      Parallel.rows(rows, columns: columns) { range in
        let first = range.lowerBound * columns
        fl_bias_activation(
          result.pointer + first, before.map { $0.pointer + first }, x.pointer + first, b.pointer,
          Int64(range.count), Int64(columns), op, p, key, stream, UInt64(first))
      }
    }
    guard let tape else { return withExtendedLifetime((x, b)) { result } }
    let (inputNode, biasNode) = (node, bias.node)
    return tape.record(result) { gradient in
      let part = Tensor(uninitialized: size)
      let input = before ?? result
      Profile.measure(.activationBackward) {
        Parallel.rows(rows, columns: columns) { range in
          let first = range.lowerBound * columns
          if isPlainTanh {
            fl_tanh_grad(
              part.pointer + first, gradient.pointer + first, input.pointer + first,
              Int64(range.count * columns))
            return
          }
          fl_bias_activation_grad(
            part.pointer + first, nil, gradient.pointer + first, input.pointer + first,
            Int64(range.count), Int64(columns), op, p, key, stream, UInt64(first))
        }
      }
      if let biasNode {
        LinearGradient.addColumnSums(
          of: part, columns: columns, to: biasNode.clearedTarget(shape: [columns]))
      }
      inputNode?.accumulate(part)
    }
  }
}
