public import FairlineTensor

/// Tensors of floating-point numbers by name: what a model's parameters are filled from.
///
/// A checkpoint is one, and an importer makes one of whatever its files hold; it may convert,
/// transpose and rename while it reads.
public protocol TensorSource: Sendable {
  /// The file or folder, for messages.
  var path: String { get }

  /// The names of all tensors, each once.
  var names: [String] { get }

  /// The lengths of a tensor's axes; nil when there is no such tensor.
  func shape(of name: String) -> [Int]?

  /// Copies a tensor's numbers in row-major order.
  ///
  /// - Parameter output: as much memory as the shape has numbers.
  /// - Throws: when the tensor is damaged or does not hold floating-point numbers.
  func read(_ name: String, into output: UnsafeMutableBufferPointer<Float>) throws

  /// A matrix that is stored as integers with a scale for each row; nil for any other tensor.
  func matrix(_ name: String) throws -> QuantizedMatrix?
}

extension TensorSource {
  /// No tensor is stored as integers.
  public func matrix(_ name: String) throws -> QuantizedMatrix? { nil }

  /// A tensor's numbers in row-major order.
  public func floats(_ name: String) throws -> [Float] {
    guard let shape = shape(of: name) else {
      let hint = Spelling.nearest(to: name, among: names).map { "; the nearest is '\($0)'" }
      throw UserError("\(path) has no tensor '\(name)'" + (hint ?? ""))
    }
    let count = shape.reduce(1, *)
    return try [Float](unsafeUninitializedCapacity: count) { buffer, filled in
      try read(name, into: UnsafeMutableBufferPointer(rebasing: buffer[0..<count]))
      filled = count
    }
  }
}
