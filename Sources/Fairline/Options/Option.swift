/// What a flag looks like from outside: names, help, and the form of its value.
public struct OptionFormat: Sendable {
  /// What may follow a flag.
  package enum Arity: Equatable, Sendable {
    /// Nothing, or `true` or `false`.
    case flag
    /// Exactly one value.
    case value
    /// One value, or nothing, which then means the given text.
    case optionalValue(bare: String)
    /// All values up to the next flag, or one list.
    case list
    /// No flag at all: an argument by its position.
    case positional
  }

  /// The names without dashes, the chief one first; names of one letter take one dash.
  public var names: [String]
  /// One sentence for the help, without full stop.
  public var help: String
  /// The placeholder for the value, such as `N`.
  public var placeholder: String
  /// The allowed values, when they can be listed.
  public var choices: [String]?
  /// What may follow the flag.
  package var arity: Arity
  /// True for positionals that take all remaining arguments.
  package var isRepeated = false
  /// True for flags that help does not show.
  public var isHidden = false
  /// True for numbers and lists of them.
  public var isNumeric = false
  /// The numbers that are taken, `from 0 to below 1`; nil for flags without a range.
  public var range: String?

  /// The chief name as a user writes it: `--max-tokens`, or `data` for a positional.
  public var flag: String { Self.dashed(names[0], arity) }

  /// All names as a user writes them.
  public var flags: [String] { names.map { Self.dashed($0, arity) } }

  private static func dashed(_ name: String, _ arity: Arity) -> String {
    if arity == .positional { return name }
    return name.count == 1 ? "-" + name : "--" + name
  }
}

/// One command-line flag or positional argument, bound to a property of `Root`.
public struct Option<Root> {
  /// Names, help and form.
  public var format: OptionFormat
  /// The current value as a user would write it; empty for none.
  public let describe: (Root) -> String
  /// The current value for a settings file.
  public let json: (Root) -> JSONValue
  /// Sets the property from what a user wrote; throws ``OptionError``.
  public private(set) var assign: (inout Root, String) throws -> Void
  /// Throws ``OptionError`` when the property holds a number that the flag does not take.
  public private(set) var check: (Root) throws -> Void
  /// Sets the property to none, where it is optional.
  public let clear: ((inout Root) -> Void)?

  /// A flag for a property of numbers.
  ///
  /// - Parameters:
  ///   - name: the name without dashes, such as `max-tokens`.
  ///   - aliases: further names; a name of one letter is written with one dash.
  ///   - property: where the value goes; its default is whatever the settings hold.
  ///   - range: the numbers that are taken; others are refused with a sentence that names the flag.
  ///   - help: one sentence, small letter first, no full stop.
  ///   - value: the placeholder in the help, when the type's own says too little.
  ///   - isHidden: whether the help leaves the flag out.
  public init<Value: NumericOptionValue>(
    _ name: String, aliases: [String] = [], _ property: WritableKeyPath<Root, Value>,
    in range: NumberRange<Value.Number>, _ help: String, value: String? = nil,
    isHidden: Bool = false
  ) {
    self.init(name, aliases: aliases, property, help, value: value, isHidden: isHidden)
    let (flag, plain) = (format.flag, assign)
    let number = Value.Number.optionExpectation
    let expected = Value.optionExpectation.replacing(number, with: "\(number) \(range.text)")
    format.range = range.text
    check = { root in
      for number in root[keyPath: property].numbers where !range.contains(number) {
        throw OptionError.badValue(flag: flag, text: number.optionText, expected: expected)
      }
    }
    assign = { root, text in
      guard let numbers = Value(optionText: text)?.numbers, numbers.allSatisfy(range.contains)
      else { throw OptionError.badValue(flag: flag, text: text, expected: expected) }
      try plain(&root, text)
    }
  }

  /// A flag for a property.
  ///
  /// - Parameters:
  ///   - name: the name without dashes, such as `max-tokens`.
  ///   - aliases: further names; a name of one letter is written with one dash.
  ///   - property: where the value goes; its default is whatever the settings hold.
  ///   - help: one sentence, small letter first, no full stop.
  ///   - value: the placeholder in the help, when the type's own says too little.
  ///   - bare: what the flag means when no value follows it.
  ///   - collects: whether several values may follow (lists only): `--inputs a b c`.
  ///   - isHidden: whether the help leaves the flag out.
  public init<Value: OptionValue>(
    _ name: String, aliases: [String] = [], _ property: WritableKeyPath<Root, Value>,
    _ help: String, value: String? = nil, bare: String? = nil, collects: Bool = false,
    isHidden: Bool = false
  ) {
    let arity: OptionFormat.Arity =
      if let bare { .optionalValue(bare: bare) } else if collects { .list } else {
        Value.isSwitch ? .flag : .value
      }
    format = OptionFormat(
      names: [name] + aliases, help: help, placeholder: value ?? Value.optionPlaceholder,
      choices: Value.optionChoices, arity: arity, isHidden: isHidden,
      isNumeric: Value.isNumeric)
    check = { _ in }
    (describe, json, assign, clear) = Self.access(property, flag: format.flag)
  }

  /// An argument by its position; a list takes all that remain.
  public init<Value: OptionValue>(
    positional name: String, _ property: WritableKeyPath<Root, Value>, _ help: String
  ) {
    format = OptionFormat(
      names: [name], help: help, placeholder: name, choices: Value.optionChoices,
      arity: .positional, isRepeated: Value.isList)
    check = { _ in }
    (describe, json, assign, clear) = Self.access(property, flag: name)
  }

  private init(
    format: OptionFormat, describe: @escaping (Root) -> String,
    json: @escaping (Root) -> JSONValue, assign: @escaping (inout Root, String) throws -> Void,
    check: @escaping (Root) throws -> Void, clear: ((inout Root) -> Void)?
  ) {
    self.format = format
    self.describe = describe
    self.json = json
    self.assign = assign
    self.check = check
    self.clear = clear
  }

  /// The same flag, seen from a value that contains `Root`.
  public func inside<Outer>(_ part: WritableKeyPath<Outer, Root>) -> Option<Outer> {
    Option<Outer>(
      format: format,
      describe: { describe($0[keyPath: part]) },
      json: { json($0[keyPath: part]) },
      assign: { try assign(&$0[keyPath: part], $1) },
      check: { try check($0[keyPath: part]) },
      clear: clear.map { clear in { clear(&$0[keyPath: part]) } })
  }

  private typealias Access = (
    (Root) -> String, (Root) -> JSONValue, (inout Root, String) throws -> Void,
    ((inout Root) -> Void)?
  )

  private static func access<Value: OptionValue>(
    _ property: WritableKeyPath<Root, Value>, flag: String
  ) -> Access {
    var clear: ((inout Root) -> Void)?
    if let absent = Value.optionAbsent { clear = { $0[keyPath: property] = absent } }
    return (
      { $0[keyPath: property].optionText },
      { $0[keyPath: property].optionJSON },
      { root, text in
        guard let value = Value(optionText: text) else {
          throw OptionError.badValue(
            flag: flag, text: text, expected: Value.optionExpectation,
            nearest: Value.optionChoices.flatMap { Spelling.nearest(to: text, among: $0) })
        }
        root[keyPath: property] = value
      },
      clear
    )
  }
}
