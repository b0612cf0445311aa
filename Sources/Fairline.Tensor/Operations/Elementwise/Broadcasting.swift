import CFairlineKernels

extension Tensor {
  /// The constant with its axes of length 1 repeated to fill `target`; itself when nothing is
  /// repeated.
  func repeated(to target: Shape) -> Tensor {
    if shape == target { return self }
    let result = Tensor(uninitialized: target)
    if count == 1 {
      Parallel.ranges(target.count) { range in
        fl_fill(result.pointer + range.lowerBound, pointer[0], Int64(range.count))
      }
      return withExtendedLifetime(storage) { result }
    }
    let steps = broadcastSteps(to: target)
    forEachRun(of: target, steps: steps) { destination, source, length, step in
      if step == 0 {
        fl_fill(result.pointer + destination, pointer[source], Int64(length))
      } else {
        (result.pointer + destination).update(from: pointer + source, count: length)
      }
    }
    return withExtendedLifetime(storage) { result }
  }

  /// The constant summed over the axes along which `target` would be repeated; itself when there
  /// are none.
  func summed(to target: Shape) -> Tensor {
    if shape == target { return self }
    let result = Tensor.zeros(target)
    if target.count == 1 {
      result.pointer[0] = Float(sumInDouble())
      return result
    }
    let steps = result.broadcastSteps(to: shape)
    result.forEachRun(of: shape, steps: steps) { source, destination, length, step in
      if step == 0 {
        result.pointer[destination] += Float(fl_sum(pointer + source, Int64(length)))
      } else {
        fl_axpy(result.pointer + destination, 1, pointer + source, Int64(length))
      }
    }
    return withExtendedLifetime(storage) { result }
  }

  /// The sum of all elements, in fixed blocks.
  func sumInDouble() -> Double { sumOfBlocks { fl_sum($0, $1) } }

  /// The sum of what a kernel computes of fixed blocks.
  func sumOfBlocks(_ kernel: (UnsafePointer<Float>, Int64) -> Double) -> Double {
    sumsOfBlocks(in: 0..<count, kernel).reduce(0, +)
  }

  /// What a kernel computes of fixed blocks.
  ///
  /// - Parameter elements: begin where a block begins.
  func sumsOfBlocks(
    in elements: Range<Int>, _ kernel: (UnsafePointer<Float>, Int64) -> Double
  ) -> [Double] {
    precondition(
      elements.isEmpty || elements.lowerBound % Parallel.grain == 0,
      "a range that begins at \(elements.lowerBound) is not one of blocks")
    let blocks = (elements.count + Parallel.grain - 1) / Parallel.grain
    var partial = [Double](repeating: 0, count: blocks)
    partial.withUnsafeMutableBufferPointer { partial in
      nonisolated(unsafe) let sums = partial
      Parallel.blocks(blocks) { block in
        let first = elements.lowerBound + block * Parallel.grain
        let length = min(Parallel.grain, elements.upperBound - first)
        sums[block] = kernel(pointer + first, Int64(length))
      }
    }
    return withExtendedLifetime(storage) { partial }
  }

  /// For each axis of `target`, how far this tensor moves when that axis moves by one.
  private func broadcastSteps(to target: Shape) -> [Int] {
    let own = shape.strides
    return (0..<target.rank).map { axis in
      let mine = axis - (target.rank - shape.rank)
      return mine < 0 || shape[mine] == 1 ? 0 : own[mine]
    }
  }

  /// Walks over rows of the last axis: `body(place in the large tensor, place in the small one,
  /// length, step)`.
  private func forEachRun(
    of large: Shape, steps: [Int],
    _ body: (_ place: Int, _ small: Int, _ length: Int, _ step: Int) -> Void
  ) {
    let length = large.columns
    if length == 0 { return }
    var index = [Int](repeating: 0, count: max(large.rank - 1, 0))
    var small = 0
    for row in 0..<(large.count / length) {
      body(row * length, small, length, steps[large.rank - 1])
      for axis in stride(from: index.count - 1, through: 0, by: -1) {
        index[axis] += 1
        small += steps[axis]
        if index[axis] < large[axis] { break }
        small -= steps[axis] * large[axis]
        index[axis] = 0
      }
    }
  }
}
