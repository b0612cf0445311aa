/// A value that flags, config files and checkpoints all write as one text.
public protocol TextOptionValue: OptionValue, Codable {}

extension TextOptionValue {
  /// The text.
  public var optionJSON: JSONValue { .string(optionText) }

  /// Reads the text.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let value = Self(optionText: text) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "'\(text)' is not \(Self.optionExpectation)")
    }
    self = value
  }

  /// Writes the text.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(optionText)
  }
}
