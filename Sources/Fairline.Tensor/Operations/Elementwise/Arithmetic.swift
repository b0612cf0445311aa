import CFairlineKernels

extension Tensor {
  /// The sum, element by element; axes of length 1 are repeated.
  public static func + (a: Tensor, b: Tensor) -> Tensor {
    combine(a, b, fl_add) { gradient, _, _ in
      gradient
    } right: { gradient, _, _ in
      gradient
    }
  }

  /// The difference, element by element; axes of length 1 are repeated.
  public static func - (a: Tensor, b: Tensor) -> Tensor {
    combine(a, b, fl_sub) { gradient, _, _ in
      gradient
    } right: { gradient, _, _ in
      gradient.scaled(by: -1)
    }
  }

  /// The product, element by element; axes of length 1 are repeated.
  public static func * (a: Tensor, b: Tensor) -> Tensor {
    combine(a, b, fl_mul) { gradient, _, b in
      elementwise(gradient, b, fl_mul)
    } right: {
      gradient, a, _ in
      elementwise(gradient, a, fl_mul)
    }
  }

  /// The quotient, element by element; axes of length 1 are repeated.
  public static func / (a: Tensor, b: Tensor) -> Tensor {
    combine(a, b, fl_div) { gradient, _, b in
      elementwise(gradient, b, fl_div)
    } right: {
      gradient, a, b in
      let square = elementwise(b, b, fl_mul)
      return elementwise(elementwise(gradient, a, fl_mul), square, fl_div).scaled(by: -1)
    }
  }

  /// The sum with a number.
  public static func + (a: Tensor, b: Float) -> Tensor {
    let result = Tensor(uninitialized: a.shape)
    Parallel.ranges(a.count) { range in
      let first = range.lowerBound
      fl_add_scalar(result.pointer + first, a.pointer + first, b, Int64(range.count))
    }
    guard let node = a.node else { return result }
    return node.tape.record(result) { node.accumulate($0) }
  }

  /// The difference from a number.
  public static func - (a: Tensor, b: Float) -> Tensor { a + (-b) }

  /// The product with a number.
  public static func * (a: Tensor, b: Float) -> Tensor {
    let result = a.detached.scaled(by: b)
    guard let node = a.node else { return result }
    return node.tape.record(result) { node.accumulate($0.scaled(by: b)) }
  }

  /// The product with a number.
  public static func * (a: Float, b: Tensor) -> Tensor { b * a }

  /// The quotient by a number.
  public static func / (a: Tensor, b: Float) -> Tensor { a * (1 / b) }

  /// The tensor with every sign changed.
  public static prefix func - (a: Tensor) -> Tensor { a * -1 }

  /// The constant `factor * self`, in new memory.
  func scaled(by factor: Float) -> Tensor {
    let result = Tensor(uninitialized: shape)
    Parallel.ranges(count) { range in
      let first = range.lowerBound
      fl_scale(result.pointer + first, pointer + first, factor, Int64(range.count))
    }
    return withExtendedLifetime(storage) { result }
  }

  typealias BinaryKernel = (
    UnsafeMutablePointer<Float>?, UnsafePointer<Float>?, UnsafePointer<Float>?, Int64
  ) -> Void

  /// Applies a kernel to two constants of which one may have to be repeated.
  static func elementwise(_ a: Tensor, _ b: Tensor, _ kernel: BinaryKernel) -> Tensor {
    let shape = Shape.broadcast(a.shape, b.shape)
    let left = a.repeated(to: shape)
    let right = b.repeated(to: shape)
    let result = Tensor(uninitialized: shape)
    withExtendedLifetime((left, right)) {
      Parallel.ranges(shape.count) { range in
        let first = range.lowerBound
        kernel(
          result.pointer + first, left.pointer + first, right.pointer + first,
          Int64(range.count))
      }
    }
    return result
  }

  private static func combine(
    _ a: Tensor, _ b: Tensor, _ kernel: BinaryKernel,
    left: @escaping (_ gradient: Tensor, _ a: Tensor, _ b: Tensor) -> Tensor,
    right: @escaping (_ gradient: Tensor, _ a: Tensor, _ b: Tensor) -> Tensor
  ) -> Tensor {
    let (x, y) = (a.detached, b.detached)
    let result = elementwise(x, y, kernel)
    guard let tape = (a.node ?? b.node)?.tape else { return result }
    let (leftNode, rightNode) = (a.node, b.node)
    return tape.record(result) { gradient in
      leftNode?.accumulate(left(gradient, x, y).summed(to: x.shape))
      rightNode?.accumulate(right(gradient, x, y).summed(to: y.shape))
    }
  }
}
