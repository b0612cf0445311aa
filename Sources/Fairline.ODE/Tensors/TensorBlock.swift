internal import FairlineTensor

/// Memory that a solver writes to, from the tensors' memory cache.
///
/// Tensors never change, so a field may keep one for its pullback. Those it gets are views that
/// keep the block alive, and a block with views is not written to any more.
final class TensorBlock: @unchecked Sendable {
  private let memory: Tensor
  private let start: UnsafeMutablePointer<Float>
  /// What the elements are still to be computed from.
  private var sum: DeferredSum?

  /// Takes memory, all zero or with undefined contents.
  init(shape: Shape, isZero: Bool) {
    memory = isZero ? Tensor.zeros(shape) : Tensor(uninitialized: shape)
    start = memory.withScalars { scalars in
      guard let start = scalars.baseAddress else {
        preconditionFailure("a tensor of shape \(shape) has no memory")
      }
      return UnsafeMutablePointer(mutating: start)
    }
  }

  /// The elements.
  var pointer: UnsafeMutablePointer<Float> {
    sum?.form()
    return start
  }

  /// Memory whose elements are about to be overwritten, all of them.
  var pointerToOverwrite: UnsafeMutablePointer<Float> {
    sum = nil
    return start
  }

  /// Leaves it to the first reader to compute the elements.
  ///
  /// Nobody else may see the block.
  func assign(base: Tensor?, terms: [Tensor], factors: [Float]) {
    sum = DeferredSum(
      base: base, terms: terms, factors: factors, into: start, count: memory.count)
  }

  /// The memory as a tensor.
  func view(_ shape: Shape) -> Tensor {
    if let sum { return Tensor(deferred: sum, shape: shape, from: self) }
    return Tensor(borrowing: start, shape: shape, from: self)
  }
}
