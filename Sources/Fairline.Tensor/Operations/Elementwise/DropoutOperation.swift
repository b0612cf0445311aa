import CFairlineKernels

extension Tensor {
  /// Each element dropped with the mask's probability, the others divided by one minus it
  /// (Srivastava and others 2014).
  ///
  /// - Parameter mask: nil for no dropout.
  public func droppedOut(_ mask: DropoutDraw?) -> Tensor {
    guard let mask else { return self }
    let (x, size) = (detached, shape)
    let result = Tensor(uninitialized: shape)
    let begun = Profile.begin()
    Parallel.ranges(count) { range in
      let first = range.lowerBound
      fl_dropout(
        result.pointer + first, x.pointer + first, mask.probability, mask.key, mask.stream,
        UInt64(first), Int64(range.count))
    }
    Profile.end(.dropout, begun)
    guard let node else { return withExtendedLifetime(x) { result } }
    return node.tape.record(result) { gradient in
      let target = node.clearedTarget(shape: size)
      Profile.measure(.dropout) {
        Parallel.ranges(size.count) { range in
          let first = range.lowerBound
          fl_dropout_grad(
            target.pointer + first, gradient.pointer + first, mask.probability, mask.key,
            mask.stream, UInt64(first), Int64(range.count))
        }
      }
    }
  }
}
