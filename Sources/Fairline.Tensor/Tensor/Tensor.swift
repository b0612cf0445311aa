/// A row-major array of Float32 numbers, possibly with a place on a ``Tape``.
///
/// Tensors are values: no operation changes one. A tensor that came out of operations on watched
/// tensors or parameters carries the node through which gradients reach it; all others are
/// constants.
public struct Tensor: @unchecked Sendable {
  var storage: Storage
  let offset: Int
  /// The lengths of the axes.
  public let shape: Shape
  let node: Node?

  init(storage: Storage, offset: Int = 0, shape: Shape, node: Node? = nil) {
    self.storage = storage
    self.offset = offset
    self.shape = shape
    self.node = node
  }

  /// Makes a tensor with undefined contents, to be filled by the operation that makes it.
  package init(uninitialized shape: Shape) {
    self.init(storage: Storage(capacity: shape.count), shape: shape)
  }

  /// The number of elements.
  public var count: Int { shape.count }

  /// Whether gradients flow to this tensor.
  public var isDifferentiable: Bool { node != nil }

  var pointer: UnsafeMutablePointer<Float> { storage.pointer + offset }

  /// The elements in row-major order, copied.
  public var scalars: [Float] {
    withExtendedLifetime(storage) {
      Array(UnsafeBufferPointer(start: pointer, count: count))
    }
  }

  /// The single element of a tensor that has one.
  public var scalar: Float {
    precondition(count == 1, "a tensor of shape \(shape) is not a single number")
    return withExtendedLifetime(storage) { pointer[0] }
  }

  /// Calls `body` with the elements in row-major order.
  public func withScalars<Result>(
    _ body: (UnsafeBufferPointer<Float>) throws -> Result
  ) rethrows -> Result {
    try withExtendedLifetime(storage) {
      try body(UnsafeBufferPointer(start: pointer, count: count))
    }
  }

  /// Calls `body` with the elements in row-major order, to be changed by whoever owns the memory.
  package func withMutableScalars<Result>(
    _ body: (UnsafeMutableBufferPointer<Float>) throws -> Result
  ) rethrows -> Result {
    try withExtendedLifetime(storage) {
      try body(UnsafeMutableBufferPointer(start: pointer, count: count))
    }
  }

  /// The same numbers as a constant: no gradient flows through the result.
  public var detached: Tensor {
    // Computed here, on all threads, rather than by the first thread of the caller's that needs it.
    storage.sum?.form()
    return Tensor(storage: storage, offset: offset, shape: shape)
  }

  /// Neighbouring elements, in the same memory. `[element]`
  package func part(_ elements: Range<Int>) -> Tensor {
    viewed(as: [elements.count], advancedBy: elements.lowerBound)
  }

  func attached(to node: Node?) -> Tensor {
    Tensor(storage: storage, offset: offset, shape: shape, node: node)
  }

  /// The same memory under another shape, without a node.
  func viewed(as shape: Shape, advancedBy elements: Int = 0) -> Tensor {
    Tensor(storage: storage, offset: offset + elements, shape: shape)
  }
}
