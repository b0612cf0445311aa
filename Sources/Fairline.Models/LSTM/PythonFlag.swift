public import Fairline

/// A switch that fairseq reads as a value: `1` or `True`, `0` or `False`.
public enum PythonFlag: Sendable, Equatable {
  case on, off

  init?(text: String) {
    switch text.lowercased() {
    case "1", "true": self = .on
    case "0", "false": self = .off
    default: return nil
    }
  }

  /// Whether it is on.
  package var isOn: Bool { self == .on }
}

extension PythonFlag: TextOptionValue {
  /// Reads `"1"`, `"True"`, `true` and the like.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let value = try? container.decode(Bool.self) {
      self = value ? .on : .off
      return
    }
    let text = try (try? container.decode(String.self)) ?? String(container.decode(Int.self))
    guard let value = PythonFlag(text: text) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "'\(text)' is neither 1 nor 0")
    }
    self = value
  }

  /// The placeholder `0|1`.
  public static var optionPlaceholder: String { "0|1" }
  /// What is expected.
  public static var optionExpectation: String { "1 or 0" }
  /// Reads `1`, `True`, `0`, `False`.
  public init?(optionText text: String) { self.init(text: text) }
  /// `1` or `0`.
  public var optionText: String { isOn ? "1" : "0" }
  /// Both values.
  public static var optionChoices: [String]? { ["0", "1"] }
}
