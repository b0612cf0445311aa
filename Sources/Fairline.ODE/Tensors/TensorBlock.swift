internal import FairlineTensor

/// Memory that a solver writes to, from the tensors' memory cache.
///
/// Tensors never change, so a field may keep one for its pullback. Those it gets are views that keep the block alive, and a block
/// with views is not written to any more.
final class TensorBlock: @unchecked Sendable {
  private let memory: Tensor
  let pointer: UnsafeMutablePointer<Float>

  /// Takes memory, all zero or with undefined contents.
  init(shape: Shape, isZero: Bool) {
    memory = isZero ? Tensor.zeros(shape) : Tensor(uninitialized: shape)
    pointer = memory.withScalars { scalars in
      guard let start = scalars.baseAddress else {
        preconditionFailure("a tensor of shape \(shape) has no memory")
      }
      return UnsafeMutablePointer(mutating: start)
    }
  }

  /// The memory as a tensor.
  func view(_ shape: Shape) -> Tensor { Tensor(borrowing: pointer, shape: shape, from: self) }
}
