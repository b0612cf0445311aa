import CFairlineKernels

extension Tensor {
  /// The same elements under another shape of the same size.
  public func reshaped(to shape: Shape) -> Tensor {
    precondition(
      shape.count == count, "a tensor of shape \(self.shape) cannot take the shape \(shape)")
    let old = self.shape
    let result = viewed(as: shape)
    guard let node else { return result }
    return node.tape.record(result) { node.accumulate($0.viewed(as: old)) }
  }

  /// The last two axes exchanged.
  public func transposed() -> Tensor {
    var axes = Array(0..<shape.rank)
    axes.swapAt(shape.rank - 1, shape.rank - 2)
    return permuted(axes)
  }

  /// The axes in another order: axis `i` of the result is axis `axes[i]` of this tensor.
  public func permuted(_ axes: [Int]) -> Tensor {
    precondition(
      axes.sorted() == Array(0..<shape.rank), "\(axes) is no order of the axes of \(shape)")
    let result = detached.permutedCopy(axes)
    guard let node else { return result }
    var inverse = axes
    for (new, old) in axes.enumerated() { inverse[old] = new }
    return node.tape.record(result) { node.accumulate($0.permutedCopy(inverse)) }
  }

  private func permutedCopy(_ axes: [Int]) -> Tensor {
    let result = Tensor(uninitialized: Shape(axes.map { shape[$0] }))
    if count == 0 { return result }
    let steps = axes.map { shape.strides[$0] }
    let lengths = axes.map { shape[$0] }
    var index = [Int](repeating: 0, count: axes.count)
    var source = 0
    let (last, step) = (lengths[axes.count - 1], steps[axes.count - 1])
    for row in 0..<(count / last) {
      let destination = result.pointer + row * last
      for column in 0..<last { destination[column] = pointer[source + column * step] }
      for axis in stride(from: axes.count - 2, through: 0, by: -1) {
        index[axis] += 1
        source += steps[axis]
        if index[axis] < lengths[axis] { break }
        source -= steps[axis] * lengths[axis]
        index[axis] = 0
      }
    }
    return withExtendedLifetime(storage) { result }
  }

  /// The elements `range` of one axis.
  public func sliced(_ range: Range<Int>, along axis: Int = 0) -> Tensor {
    let axis = shape.normalized(axis)
    let size = shape
    precondition(
      range.lowerBound >= 0 && range.upperBound <= shape[axis],
      "the range \(range) is outside axis \(axis) of shape \(shape)")
    var lengths = shape.dimensions
    lengths[axis] = range.count
    let inner = shape.dimensions[(axis + 1)...].reduce(1, *)
    let outer = shape.dimensions[..<axis].reduce(1, *)
    let (whole, part, skip) = (size[axis] * inner, range.count * inner, range.lowerBound * inner)
    let result: Tensor
    if outer == 1 {
      result = viewed(as: Shape(lengths), advancedBy: skip)
    } else {
      result = Tensor(uninitialized: Shape(lengths))
      for index in 0..<outer {
        (result.pointer + index * part).update(from: pointer + index * whole + skip, count: part)
      }
    }
    guard let node else { return withExtendedLifetime(storage) { result } }
    return node.tape.record(result) { gradient in
      let target = node.clearedTarget(shape: size)
      for index in 0..<outer {
        fl_axpy(
          target.pointer + index * whole + skip, 1, gradient.pointer + index * part, Int64(part))
      }
    }
  }

  /// Tensors of equal shape but for one axis, one after another along it.
  public static func concatenated(_ parts: [Tensor], along axis: Int = 0) -> Tensor {
    precondition(!parts.isEmpty, "nothing to concatenate")
    let first = parts[0].shape
    let axis = first.normalized(axis)
    var lengths = first.dimensions
    lengths[axis] = parts.reduce(0) { $0 + $1.shape[axis] }
    let inner = lengths[(axis + 1)...].reduce(1, *)
    let outer = lengths[..<axis].reduce(1, *)
    let whole = lengths[axis] * inner
    let result = Tensor(uninitialized: Shape(lengths))
    var skip = 0
    var places: [(node: Node?, shape: Shape, skip: Int)] = []
    for part in parts {
      var expected = lengths
      expected[axis] = part.shape[axis]
      precondition(
        part.shape.dimensions == expected,
        "tensors of shapes \(first) and \(part.shape) do not fit along axis \(axis)")
      let size = part.shape[axis] * inner
      for index in 0..<outer {
        (result.pointer + index * whole + skip).update(
          from: part.pointer + index * size, count: size)
      }
      places.append((part.node, part.shape, skip))
      skip += size
    }
    guard let tape = parts.lazy.compactMap({ $0.node?.tape }).first else {
      return withExtendedLifetime(parts) { result }
    }
    return tape.record(result) { gradient in
      for (node, shape, skip) in places {
        guard let node else { continue }
        let target = node.clearedTarget(shape: shape)
        let size = shape[axis] * inner
        for index in 0..<outer {
          fl_axpy(
            target.pointer + index * size, 1, gradient.pointer + index * whole + skip,
            Int64(size))
        }
      }
    }
  }
}
