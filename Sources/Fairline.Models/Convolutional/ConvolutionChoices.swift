public import Fairline

extension ConvolutionList: TextOptionValue {
  /// Reads a list of tuples.
  public init?(optionText text: String) { self.init(text: text) }
  /// The text it was written as.
  public var optionText: String { text }
  /// What is expected.
  public static var optionExpectation: String {
    "a list of layers such as '[(512, 3)] * 9 + [(1024, 3)]'"
  }
  /// The placeholder `LAYERS`.
  public static var optionPlaceholder: String { "LAYERS" }
}

/// Which layers of a convolutional decoder attend to the source: `True`, `False`, or a truth value
/// for each, `[True, False, True]`.
public enum AttendingLayers: Sendable, Equatable {
  case all, none
  case each([Bool])

  package init?(text: String) {
    switch text.filter({ !$0.isWhitespace }) {
    case "True", "true", "1": self = .all
    case "False", "false", "0": self = .none
    default:
      var reader = ListReader(text)
      guard let flags = reader.flags(), !flags.isEmpty else { return nil }
      self = .each(flags)
    }
  }

  var text: String {
    switch self {
    case .all: "True"
    case .none: "False"
    case .each(let flags):
      "[" + flags.map { $0 ? "True" : "False" }.joined(separator: ", ") + "]"
    }
  }

  /// A truth value for each of some layers; nil when there are as many others.
  package func flags(of count: Int) -> [Bool]? {
    switch self {
    case .all: [Bool](repeating: true, count: count)
    case .none: [Bool](repeating: false, count: count)
    case .each(let flags): flags.count == count ? flags : nil
    }
  }
}

extension AttendingLayers: TextOptionValue {
  /// Reads a truth value or a list of them.
  public init?(optionText text: String) { self.init(text: text) }
  /// As fairseq writes it.
  public var optionText: String { text }
  /// What is expected.
  public static var optionExpectation: String { "True, False, or a list such as '[True, False]'" }
  /// The placeholder `LAYERS`.
  public static var optionPlaceholder: String { "LAYERS" }
}
