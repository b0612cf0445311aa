/// A mistake of the user: one sentence that names the flag or file and says what helps.
public struct UserError: Error, CustomStringConvertible, Equatable, Sendable {
  /// The sentence.
  public let description: String

  /// Makes an error from its sentence.
  public init(_ sentence: String) { description = sentence }
}
