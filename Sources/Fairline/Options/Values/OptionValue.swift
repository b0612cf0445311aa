/// A value that can be written on the command line.
///
/// Numbers, texts, truth values, optionals and lists of them conform; an enumeration of strings
/// conforms by naming the protocol:
/// `enum Activation: String, CaseIterable, Codable, OptionValue { case relu, gelu }`.
public protocol OptionValue {
  /// Reads what a user wrote; nil when it is not such a value.
  init?(optionText: String)

  /// The value as a user would write it; empty when there is none.
  var optionText: String { get }

  /// The value in a settings file.
  var optionJSON: JSONValue { get }

  /// What is expected, as it completes "'x' is not …": `a whole number`.
  static var optionExpectation: String { get }

  /// The placeholder in help texts, such as `N`.
  static var optionPlaceholder: String { get }

  /// The values allowed, when they can be listed.
  static var optionChoices: [String]? { get }

  /// True for truth values: their flags may stand without a value.
  static var isSwitch: Bool { get }

  /// True for lists: their flags may collect several values.
  static var isList: Bool { get }

  /// True for numbers and lists of them: their flags name a ``NumberRange``.
  static var isNumeric: Bool { get }

  /// The value that stands for "none", for optionals.
  static var optionAbsent: Self? { get }
}

extension OptionValue {
  /// No list of choices.
  public static var optionChoices: [String]? { nil }
  /// Not a truth value.
  public static var isSwitch: Bool { false }
  /// Not a list.
  public static var isList: Bool { false }
  /// Not a number.
  public static var isNumeric: Bool { false }
  /// Nothing stands for "none".
  public static var optionAbsent: Self? { nil }
}

extension OptionValue where Self: CaseIterable & RawRepresentable, RawValue == String {
  /// The case with this raw value.
  public init?(optionText: String) { self.init(rawValue: optionText) }
  /// The raw value.
  public var optionText: String { rawValue }
  /// The raw value as JSON text.
  public var optionJSON: JSONValue { .string(rawValue) }
  /// The cases in a list.
  public static var optionExpectation: String {
    "one of " + allCases.map(\.rawValue).joined(separator: ", ")
  }
  /// The cases between bars.
  public static var optionPlaceholder: String {
    "{" + allCases.map(\.rawValue).joined(separator: "|") + "}"
  }
  /// The raw values of all cases.
  public static var optionChoices: [String]? { allCases.map(\.rawValue) }
}

extension Int: OptionValue {
  /// Reads decimal digits with an optional sign.
  public init?(optionText: String) { self.init(optionText) }
  /// Decimal digits.
  public var optionText: String { String(self) }
  /// A whole JSON number.
  public var optionJSON: JSONValue { .integer(self) }
  /// A whole number.
  public static var optionExpectation: String { "a whole number" }
  /// `N`.
  public static var optionPlaceholder: String { "N" }
}

extension Double: OptionValue {
  /// Reads a decimal number, `inf` or `-inf`; hexadecimal and `nan` are refused.
  public init?(optionText: String) {
    guard !optionText.lowercased().contains(where: { $0 == "x" || $0 == "p" }),
      let value = Double(optionText), !value.isNaN
    else { return nil }
    self = value
  }
  /// The shortest decimal that reads back as this number, without a trailing `.0`.
  public var optionText: String {
    let text = "\(self)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
  /// A JSON number.
  public var optionJSON: JSONValue { .number(self) }
  /// A number.
  public static var optionExpectation: String { "a number" }
  /// `X`.
  public static var optionPlaceholder: String { "X" }
}

extension Float: OptionValue {
  /// Reads a decimal number, `inf` or `-inf`.
  public init?(optionText: String) {
    guard Double(optionText: optionText) != nil, let value = Float(optionText) else { return nil }
    self = value
  }
  /// The shortest decimal that reads back as this number, without a trailing `.0`.
  public var optionText: String {
    let text = "\(self)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
  /// A JSON number with this value's shortest decimal.
  public var optionJSON: JSONValue { .number(Double("\(self)") ?? Double(self)) }
  /// A number.
  public static var optionExpectation: String { "a number" }
  /// `X`.
  public static var optionPlaceholder: String { "X" }
}

extension Bool: OptionValue {
  /// Reads `true`, `false`, `yes`, `no`, `1`, `0`, in any case.
  public init?(optionText: String) {
    switch optionText.lowercased() {
    case "true", "yes", "1": self = true
    case "false", "no", "0": self = false
    default: return nil
    }
  }
  /// `true` or `false`.
  public var optionText: String { self ? "true" : "false" }
  /// A JSON truth value.
  public var optionJSON: JSONValue { .bool(self) }
  /// True or false.
  public static var optionExpectation: String { "true or false" }
  /// `true|false`.
  public static var optionPlaceholder: String { "true|false" }
  /// Its flag may stand alone.
  public static var isSwitch: Bool { true }
}

extension String: OptionValue {
  /// Any text.
  public init?(optionText: String) { self = optionText }
  /// The text itself.
  public var optionText: String { self }
  /// A JSON text.
  public var optionJSON: JSONValue { .string(self) }
  /// A text.
  public static var optionExpectation: String { "a text" }
  /// `TEXT`.
  public static var optionPlaceholder: String { "TEXT" }
}
