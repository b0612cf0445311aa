import CFairlineKernels

extension Tensor {
  /// The softmax along the last axis.
  public func softmax() -> Tensor { rowwise(fl_softmax, fl_softmax_grad) }

  /// The logarithm of the softmax along the last axis.
  public func logSoftmax() -> Tensor { rowwise(fl_log_softmax, fl_log_softmax_grad) }

  private typealias Forward = (
    UnsafeMutablePointer<Float>?, UnsafePointer<Float>?, Int64, Int64
  ) -> Void
  private typealias Backward = (
    UnsafeMutablePointer<Float>?, UnsafePointer<Float>?, UnsafePointer<Float>?, Int64, Int64
  ) -> Void

  private func rowwise(_ forward: Forward, _ backward: @escaping Backward) -> Tensor {
    let result = Tensor(uninitialized: shape)
    let (x, size, columns) = (detached, shape, shape.columns)
    Parallel.rows(shape.rows, columns: columns) { range in
      let first = range.lowerBound * columns
      forward(result.pointer + first, x.pointer + first, Int64(range.count), Int64(columns))
    }
    guard let node else { return withExtendedLifetime(x) { result } }
    return node.tape.record(result) { gradient in
      let target = node.clearedTarget(shape: size)
      Parallel.rows(size.rows, columns: columns) { range in
        let first = range.lowerBound * columns
        backward(
          target.pointer + first, result.pointer + first, gradient.pointer + first,
          Int64(range.count), Int64(columns))
      }
    }
  }
}
