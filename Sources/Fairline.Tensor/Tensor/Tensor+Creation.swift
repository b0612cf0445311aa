import CFairlineKernels

extension Tensor {
  /// Makes a tensor from numbers in row-major order.
  public init(_ scalars: [Float], shape: Shape) {
    precondition(
      scalars.count == shape.count, "\(scalars.count) numbers do not fill the shape \(shape)")
    self.init(uninitialized: shape)
    scalars.withUnsafeBufferPointer { source in
      if let base = source.baseAddress { pointer.update(from: base, count: source.count) }
    }
  }

  /// Makes a vector of shape `[scalars.count]`.
  public init(_ scalars: [Float]) { self.init(scalars, shape: [scalars.count]) }

  /// Makes a single number, of shape `[1]`.
  public init(_ scalar: Float) { self.init([scalar], shape: [1]) }

  /// Makes a tensor with every element equal to `value`.
  public init(repeating value: Float, shape: Shape) {
    self.init(uninitialized: shape)
    Parallel.ranges(shape.count) { [pointer] range in
      fl_fill(pointer + range.lowerBound, value, Int64(range.count))
    }
  }

  /// Makes a tensor of zeros.
  public static func zeros(_ shape: Shape) -> Tensor { Tensor(repeating: 0, shape: shape) }

  /// Makes a tensor of ones.
  public static func ones(_ shape: Shape) -> Tensor { Tensor(repeating: 1, shape: shape) }

  /// Makes a tensor of numbers drawn uniformly from `low..<high`.
  public static func uniform(
    _ shape: Shape, low: Float = 0, high: Float = 1, key: UInt64, stream: UInt64
  ) -> Tensor {
    let result = Tensor(uninitialized: shape)
    Parallel.ranges(shape.count) { range in
      fl_random_uniform(
        result.pointer + range.lowerBound, low, high, key, stream, UInt64(range.lowerBound),
        Int64(range.count))
    }
    return result
  }

  /// Makes a tensor of normally distributed numbers.
  public static func normal(
    _ shape: Shape, mean: Float = 0, deviation: Float = 1, key: UInt64, stream: UInt64
  ) -> Tensor {
    let result = Tensor(uninitialized: shape)
    Parallel.ranges(shape.count) { range in
      fl_random_normal(
        result.pointer + range.lowerBound, mean, deviation, key, stream,
        UInt64(range.lowerBound), Int64(range.count))
    }
    return result
  }

  /// Makes a tensor over memory that `owner` keeps alive and nobody writes to.
  public init(
    borrowing pointer: UnsafePointer<Float>, shape: Shape, from owner: AnyObject
  ) {
    self.init(
      storage: Storage(
        borrowing: UnsafeMutablePointer(mutating: pointer), capacity: shape.count, from: owner),
      shape: shape)
  }

  /// Makes a tensor whose elements are computed when they are first read, in memory that `owner`
  /// keeps alive.
  package init(deferred sum: DeferredSum, shape: Shape, from owner: AnyObject) {
    precondition(sum.count == shape.count, "a sum of \(sum.count) elements has no shape \(shape)")
    self.init(
      storage: Storage(borrowing: sum.target, capacity: sum.count, from: owner, sum: sum),
      shape: shape)
  }

  /// A copy in its own memory, without a node.
  func copied() -> Tensor {
    let result = Tensor(uninitialized: shape)
    result.pointer.update(from: pointer, count: count)
    return withExtendedLifetime(storage) { result }
  }
}
