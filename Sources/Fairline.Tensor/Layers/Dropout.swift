/// Dropout of single elements (Srivastava and others 2014); does nothing in evaluation.
public struct Dropout: Sendable {
  /// The probability of dropping an element.
  public let probability: Double

  /// Makes the layer.
  public init(_ probability: Double) { self.probability = probability }

  /// Drops elements.
  ///
  /// - Parameter x: any shape.
  /// - Returns: the same shape.
  public func callAsFunction(_ x: Tensor, _ pass: ForwardPass) -> Tensor {
    x.droppedOut(pass.dropout(probability))
  }
}
