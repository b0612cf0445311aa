/// A mistake in a data file, a path or a flag, told in one sentence with its remedy.
public struct DataError: Error, Equatable, CustomStringConvertible {
  /// The sentence for the user.
  public let description: String

  /// Creates an error with its sentence.
  public init(_ description: String) {
    self.description = description
  }
}
