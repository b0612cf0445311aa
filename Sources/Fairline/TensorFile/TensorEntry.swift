/// A tensor in a file: its name, type, shape, and where its bytes lie.
public struct TensorEntry: Equatable, Sendable {
  /// The name, unique in the file.
  public var name: String
  /// The type of the elements as stored.
  public var element: TensorElement
  /// The length of each axis; no axes for a single number.
  public var shape: [Int]
  /// The bytes, counted from the end of the header.
  var range: Range<Int>

  /// The number of elements.
  public var count: Int { shape.reduce(1, *) }
}
