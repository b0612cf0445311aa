import CFairlineKernels

/// A tensor's place on a tape: where the gradients of its uses are added up.
final class Node {
  let tape: Tape
  private let parameter: Parameter?
  private var sum: Tensor?
  /// Whether the value is max(…, 0): whoever computes its gradient may leave 0 where the value is
  /// 0, and then says so.
  let isRectified: Bool
  /// Whether the gradient is 0 wherever the rectified value is.
  private(set) var isMasked = false

  init(tape: Tape, isRectified: Bool = false) {
    self.tape = tape
    self.isRectified = isRectified
    parameter = nil
  }

  /// A leaf whose gradient goes straight into the parameter's own gradient memory.
  init(tape: Tape, parameter: Parameter) {
    self.tape = tape
    self.parameter = parameter
    isRectified = false
  }

  var gradient: Tensor? { sum }

  func takeGradient() -> Tensor? {
    defer { sum = nil }
    return sum
  }

  /// Says that all of the gradient so far is 0 wherever the rectified value is.
  func markMasked() { isMasked = isRectified }

  /// Adds a gradient that has been computed into its own memory.
  func accumulate(_ part: Tensor) {
    isMasked = false
    if let parameter {
      add(part, to: parameter.gradient)
      return
    }
    if sum == nil {
      // The memory may be shared with other nodes until somebody adds to it.
      sum = part.detached
      return
    }
    makeSumUnique()
    add(part, to: sum!)
  }

  /// Memory to add a gradient to: `keep` is 0 when its contents are undefined yet, 1 when they
  /// count.
  func target(shape: Shape) -> (gradient: Tensor, keep: Float) {
    isMasked = false
    if let parameter { return (parameter.gradient, 1) }
    if sum != nil {
      makeSumUnique()
      return (sum!, 1)
    }
    let fresh = Tensor(uninitialized: shape)
    sum = fresh
    return (fresh, 0)
  }

  /// Memory to add a gradient to, cleared when it is new.
  func clearedTarget(shape: Shape) -> Tensor {
    let (gradient, keep) = target(shape: shape)
    if keep == 0 {
      Profile.measure(.clearing) {
        Parallel.ranges(gradient.count) { range in
          fl_fill(gradient.pointer + range.lowerBound, 0, Int64(range.count))
        }
      }
    }
    return gradient
  }

  private func makeSumUnique() {
    if !isKnownUniquelyReferenced(&sum!.storage) { sum = sum!.copied() }
  }

  private func add(_ part: Tensor, to whole: Tensor) {
    Profile.measure(.gradientSum) {
      Parallel.ranges(whole.count) { range in
        let first = range.lowerBound
        fl_axpy(whole.pointer + first, 1, part.pointer + first, Int64(range.count))
      }
    }
  }
}
