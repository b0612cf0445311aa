/// Plain arrays of numbers are states.
extension Array: ODEState where Element: ODEScalar {
  /// The type of an element.
  public typealias Scalar = Element

  /// An array of the same length, with all elements zero.
  public func zeros() -> [Element] { [Element](repeating: 0, count: count) }
}

extension Array: ContiguousState where Element: ODEScalar {
  /// Calls `body` with the elements.
  public func withElements<Result>(
    _ body: (UnsafeBufferPointer<Element>) throws -> Result
  ) rethrows -> Result {
    try withUnsafeBufferPointer(body)
  }

  /// Calls `body` with the elements, to be changed.
  public mutating func withMutableElements<Result>(
    _ body: (UnsafeMutableBufferPointer<Element>) throws -> Result
  ) rethrows -> Result {
    try withUnsafeMutableBufferPointer { try body($0) }
  }
}
