/// A tensor that training changes, with the memory of its gradient.
///
/// Its memory is part of the flat buffers of the ``ParameterSet`` it belongs to.
public final class Parameter: @unchecked Sendable {
  /// The path of the parameter in its model, `encoder.layers.0.fc1.weight` for example.
  public let name: String
  /// The lengths of the axes.
  public let shape: Shape
  /// Names of consecutive blocks of rows, for parameters that stand fused in memory; empty for one
  /// block.
  public let parts: [Part]
  /// Whether gradients flow to it.
  public var isTrainable = true
  /// Whether a matrix may be rounded to integers for search; not where its rows are added as they
  /// are.
  public var mayBeRounded = true

  /// The numbers, as a constant.
  public internal(set) var value: Tensor
  /// The sum of gradients since it was last cleared, in the parameter's shape.
  public internal(set) var gradient: Tensor

  /// A block of rows that has its own name in checkpoints.
  public struct Part: Sendable {
    /// The full name.
    public let name: String
    /// Rows along the first axis.
    public let rows: Range<Int>
  }

  init(name: String, value: Tensor, parts: [Part]) {
    self.name = name
    self.value = value
    self.parts = parts
    shape = value.shape
    gradient = Tensor(uninitialized: [0])
  }
}
