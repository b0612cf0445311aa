import CFairlineKernels

extension Tensor {
  /// Chosen rows of a matrix, in any order and any number of times.
  ///
  /// - Parameter indices: places along the first axis. `[token]`
  /// - Returns: `[token, ...]` for this tensor `[row, ...]`.
  public func rows(at indices: [Int32]) -> Tensor {
    let (size, width) = (shape, shape[0] == 0 ? 0 : count / shape[0])
    for index in indices {
      precondition(
        index >= 0 && Int(index) < size[0], "row \(index) is outside a tensor of shape \(size)")
    }
    let result = Tensor(uninitialized: Shape([indices.count] + shape.dimensions.dropFirst()))
    for (row, index) in indices.enumerated() {
      (result.pointer + row * width).update(from: pointer + Int(index) * width, count: width)
    }
    guard let node else { return withExtendedLifetime(storage) { result } }
    return node.tape.record(result) { gradient in
      let target = node.clearedTarget(shape: size)
      for (row, index) in indices.enumerated() {
        fl_axpy(
          target.pointer + Int(index) * width, 1, gradient.pointer + row * width, Int64(width))
      }
    }
  }

  /// A tensor of zeros to which each row of this one has been added at its place.
  ///
  /// - Parameters:
  ///   - indices: where each row goes. `[token]`
  ///   - rowCount: the number of rows of the result.
  public func scattered(to indices: [Int32], count rowCount: Int) -> Tensor {
    precondition(
      indices.count == shape[0], "\(indices.count) places for \(shape[0]) rows")
    let (size, width) = (shape, shape[0] == 0 ? 0 : count / shape[0])
    let result = Tensor.zeros(Shape([rowCount] + shape.dimensions.dropFirst()))
    for (row, index) in indices.enumerated() {
      precondition(
        index >= 0 && Int(index) < rowCount, "row \(index) is outside \(rowCount) rows")
      fl_axpy(result.pointer + Int(index) * width, 1, pointer + row * width, Int64(width))
    }
    guard let node else { return withExtendedLifetime(storage) { result } }
    return node.tape.record(result) { gradient in
      node.accumulate(gradient.detached.rows(at: indices).viewed(as: size))
    }
  }

  /// One element of each row of the last axis.
  ///
  /// - Parameter indices: a place in each row. `[row]`
  /// - Returns: `[row]`
  public func elements(at indices: [Int32]) -> Tensor {
    let (size, columns) = (shape, shape.columns)
    precondition(indices.count == shape.rows, "\(indices.count) places for \(shape.rows) rows")
    let result = Tensor(uninitialized: [indices.count])
    for (row, index) in indices.enumerated() {
      precondition(
        index >= 0 && Int(index) < columns, "place \(index) is outside rows of \(columns)")
      result.pointer[row] = pointer[row * columns + Int(index)]
    }
    guard let node else { return withExtendedLifetime(storage) { result } }
    return node.tape.record(result) { gradient in
      let target = node.clearedTarget(shape: size)
      for (row, index) in indices.enumerated() {
        target.pointer[row * columns + Int(index)] += gradient.pointer[row]
      }
    }
  }
}
