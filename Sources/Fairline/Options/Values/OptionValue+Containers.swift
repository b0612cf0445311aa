extension Optional: OptionValue where Wrapped: OptionValue {
  /// Reads the wrapped value; `none` means none, except for texts.
  public init?(optionText: String) {
    if Wrapped.self != String.self, ["none", "null"].contains(optionText.lowercased()) {
      self = .none
    } else if let value = Wrapped(optionText: optionText) {
      self = .some(value)
    } else {
      return nil
    }
  }
  /// The wrapped value's text, or an empty one.
  public var optionText: String { self?.optionText ?? "" }
  /// The wrapped value, or `null`.
  public var optionJSON: JSONValue { self?.optionJSON ?? .null }
  /// What the wrapped type expects.
  public static var optionExpectation: String { Wrapped.optionExpectation }
  /// The wrapped type's placeholder.
  public static var optionPlaceholder: String { Wrapped.optionPlaceholder }
  /// The wrapped type's choices.
  public static var optionChoices: [String]? { Wrapped.optionChoices }
  /// As the wrapped type.
  public static var isSwitch: Bool { Wrapped.isSwitch }
  /// As the wrapped type.
  public static var isList: Bool { Wrapped.isList }
  /// As the wrapped type.
  public static var isNumeric: Bool { Wrapped.isNumeric }
  /// Nil.
  public static var optionAbsent: Self? { .some(.none) }
}

extension Array: OptionValue where Element: OptionValue {
  /// Reads `1,2`, `[1, 2]` or `(1, 2)`; lists may be nested.
  public init?(optionText: String) {
    var elements: [Element] = []
    for part in ListText.parts(of: optionText) {
      guard let element = Element(optionText: part) else { return nil }
      elements.append(element)
    }
    self = elements
  }
  /// The elements in square brackets.
  public var optionText: String { "[" + map(\.optionText).joined(separator: ", ") + "]" }
  /// A JSON list.
  public var optionJSON: JSONValue { .array(map(\.optionJSON)) }
  /// A list of what the elements are.
  public static var optionExpectation: String {
    "a list, each element \(Element.optionExpectation), separated by commas"
  }
  /// The elements' placeholder, repeated.
  public static var optionPlaceholder: String {
    "\(Element.optionPlaceholder),\(Element.optionPlaceholder),…"
  }
  /// It is a list.
  public static var isList: Bool { true }
  /// As the elements.
  public static var isNumeric: Bool { Element.isNumeric }
}

/// How lists are written on a command line.
enum ListText {
  /// The elements of `1,2`, `[1, 2]` or `(1, 2,)`, without brackets, blanks and quotation marks.
  ///
  /// What stands behind a backslash belongs to its element, a comma for example.
  static func parts(of text: String) -> [String] {
    var inner = Substring(text).trimmed
    let pairs: [Character: Character] = ["[": "]", "(": ")"]
    if let first = inner.first, let close = pairs[first], inner.last == close, inner.count > 1 {
      inner = inner.dropFirst().dropLast().trimmed
    }
    guard !inner.isEmpty else { return [] }
    var elements = split(inner)
    if elements.count > 1, elements.last?.isEmpty == true { elements.removeLast() }
    return elements.map { part in
      guard let mark = part.first, mark == "'" || mark == "\"", part.last == mark, part.count > 1
      else { return withoutBackslashes(part) }
      return String(part.dropFirst().dropLast())
    }
  }

  private static let special = ",[]()'\"\\"

  /// A backslash before another character than those that mean something is one.
  private static func withoutBackslashes(_ part: Substring) -> String {
    var text = ""
    var isEscaped = false
    for character in part {
      if isEscaped, !special.contains(character) { text.append("\\") }
      isEscaped = !isEscaped && character == "\\"
      if !isEscaped { text.append(character) }
    }
    return isEscaped ? text + "\\" : text
  }

  /// One list text of elements, with backslashes or quotation marks where they are needed.
  static func joined(_ elements: [String]) -> String {
    let quoted = elements.map { element in
      if element.isEmpty || element.first?.isWhitespace == true
        || element.last?.isWhitespace == true
      {
        let mark = element.contains("'") ? "\"" : "'"
        return mark + element + mark
      }
      return element.map { special.contains($0) ? "\\\($0)" : "\($0)" }.joined()
    }
    return "[" + quoted.joined(separator: ",") + "]"
  }

  private static func split(_ text: Substring) -> [Substring] {
    var parts: [Substring] = []
    var depth = 0
    var mark: Character?
    var isEscaped = false
    var start = text.startIndex
    for index in text.indices {
      let character = text[index]
      if isEscaped {
        isEscaped = false
      } else if character == "\\", mark == nil {
        isEscaped = true
      } else if let open = mark {
        if character == open { mark = nil }
      } else if character == "'" || character == "\"" {
        if text[start..<index].allSatisfy(\.isWhitespace) { mark = character }
      } else if character == "[" || character == "(" {
        depth += 1
      } else if character == "]" || character == ")" {
        depth -= 1
      } else if character == ",", depth == 0 {
        parts.append(text[start..<index].trimmed)
        start = text.index(after: index)
      }
    }
    return parts + [text[start...].trimmed]
  }
}

extension Substring {
  fileprivate var trimmed: Substring {
    var rest = self
    while rest.first?.isWhitespace == true { rest.removeFirst() }
    while rest.last?.isWhitespace == true { rest.removeLast() }
    return rest
  }
}

extension JSONValue: OptionValue {
  /// Reads JSON, or a Python literal of the same shape: `{'beam': 5, 'x': True}`.
  public init?(optionText: String) {
    if let value = try? JSONValue(parsing: optionText) {
      self = value
      return
    }
    let words = [("'", "\""), ("True", "true"), ("False", "false"), ("None", "null")]
    let relaxed = words.reduce(optionText) { $0.replacing($1.0, with: $1.1) }
    guard let value = try? JSONValue(parsing: relaxed) else { return nil }
    self = value
  }
  /// The document on one line.
  public var optionText: String { compactText }
  /// The document itself.
  public var optionJSON: JSONValue { self }
  /// A JSON document.
  public static var optionExpectation: String { "JSON, such as {\"beam\": 5}" }
  /// `JSON`.
  public static var optionPlaceholder: String { "JSON" }
}
