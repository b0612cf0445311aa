extension Tensor: CustomStringConvertible {
  /// The shape and the first few numbers.
  public var description: String {
    let shown = withScalars { $0.prefix(8).map { "\($0)" }.joined(separator: ", ") }
    return "Tensor\(shape)(\(shown)\(count > 8 ? ", ..." : ""))"
  }
}
