import CFairlineKernels

extension Tensor {
  /// The sum of all elements. `[1]`
  public func sum() -> Tensor {
    let size = shape
    let result = Tensor(Float(sumInDouble()))
    guard let node else { return result }
    return node.tape.record(result) { gradient in
      node.accumulate(Tensor(repeating: gradient.pointer[0], shape: size))
    }
  }

  /// The mean of all elements. `[1]`
  public func mean() -> Tensor { sum() / Float(max(count, 1)) }

  /// The sum along one axis, which keeps the length 1 or goes.
  public func sum(along axis: Int, keepingAxis: Bool = false) -> Tensor {
    let axis = shape.normalized(axis)
    let size = shape
    var lengths = shape.dimensions
    lengths[axis] = 1
    let kept = Shape(lengths)
    let reduced = detached.summed(to: kept)
    let shown =
      keepingAxis ? kept : Shape(lengths.enumerated().filter { $0.offset != axis }.map(\.element))
    let result = reduced.viewed(as: shown.rank == 0 ? [1] : shown)
    guard let node else { return result }
    return node.tape.record(result) { gradient in
      node.accumulate(gradient.viewed(as: kept).repeated(to: size))
    }
  }

  /// The mean along one axis, which keeps the length 1 or goes.
  public func mean(along axis: Int, keepingAxis: Bool = false) -> Tensor {
    sum(along: axis, keepingAxis: keepingAxis) / Float(max(shape[axis], 1))
  }

  /// The largest element of every row of the last axis, which goes; gradients flow to the first
  /// largest.
  public func maximum() -> Tensor {
    let (rows, columns, size) = (shape.rows, shape.columns, shape)
    precondition(columns > 0, "a row without elements has no largest one")
    let lengths = Array(shape.dimensions.dropLast())
    let result = Tensor(uninitialized: lengths.isEmpty ? [1] : Shape(lengths))
    var places = [Int32](repeating: 0, count: rows)
    fl_row_max(result.pointer, &places, pointer, Int64(rows), Int64(columns))
    guard let node else { return withExtendedLifetime(storage) { result } }
    return node.tape.record(result) { [places] gradient in
      let target = node.clearedTarget(shape: size)
      for row in 0..<rows {
        target.pointer[row * columns + Int(places[row])] += gradient.pointer[row]
      }
    }
  }

  /// The place of the largest element in every row of the last axis.
  public func argmax() -> [Int32] {
    var places = [Int32](repeating: 0, count: shape.rows)
    let values = Tensor(uninitialized: [max(shape.rows, 1)])
    fl_row_max(values.pointer, &places, pointer, Int64(shape.rows), Int64(shape.columns))
    return withExtendedLifetime(storage) { places }
  }

  /// Whether every element is a finite number.
  public var isFinite: Bool {
    withExtendedLifetime(storage) { fl_all_finite(pointer, Int64(count)) }
  }

  /// The sum of the squares of all elements, in double precision and fixed blocks.
  public var squaredNorm: Double { sumOfBlocks { fl_sum_squares($0, $1) } }

  /// The terms of ``squaredNorm`` that belong to some elements, which begin where a block of
  /// ``Parallel/grain`` elements does.
  package func squaredNorms(of elements: Range<Int>) -> [Double] {
    sumsOfBlocks(in: elements) { fl_sum_squares($0, $1) }
  }
}
