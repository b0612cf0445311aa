extension JSONValue {
  /// The document on one line, without spaces that carry no meaning.
  public var compactText: String {
    var output = ""
    write(to: &output, indent: nil)
    return output
  }

  /// The document with two spaces per level, short lists of plain values on one line.
  public var prettyText: String {
    var output = ""
    write(to: &output, indent: 0)
    return output
  }

  /// A string in quotation marks with the escapes that JSON wants.
  public static func quoted(_ text: String) -> String {
    var output = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": output += "\\\""
      case "\\": output += "\\\\"
      case "\n": output += "\\n"
      case "\r": output += "\\r"
      case "\t": output += "\\t"
      case "\0"..<" ", "\u{7F}":
        let code = String(scalar.value, radix: 16)
        output += "\\u" + String(repeating: "0", count: 4 - code.count) + code
      default: output.unicodeScalars.append(scalar)
      }
    }
    return output + "\""
  }

  private var isPlain: Bool {
    switch self {
    case .array, .object: false
    default: true
    }
  }

  private func write(to output: inout String, indent: Int?) {
    switch self {
    case .null: output += "null"
    case .bool(let value): output += value ? "true" : "false"
    case .integer(let value): output += String(value)
    case .number(let value): output += Self.text(of: value)
    case .string(let text): output += Self.quoted(text)
    case .array(let elements):
      let inner = elements.allSatisfy(\.isPlain) ? nil : indent
      let separator = indent != nil && inner == nil ? ", " : ","
      Self.write(elements, "[", "]", separator, to: &output, inner) {
        $0.write(to: &$1, indent: $2)
      }
    case .object(let members):
      Self.write(Array(members), "{", "}", ",", to: &output, indent) { member, output, indent in
        output += Self.quoted(member.key) + (indent == nil ? ":" : ": ")
        member.value.write(to: &output, indent: indent)
      }
    }
  }

  private static func write<Item>(
    _ items: [Item], _ open: String, _ close: String, _ separator: String,
    to output: inout String, _ indent: Int?, _ body: (Item, inout String, Int?) -> Void
  ) {
    output += open
    for (index, item) in items.enumerated() {
      if index > 0 { output += separator }
      if let indent { output += "\n" + String(repeating: " ", count: indent + 2) }
      body(item, &output, indent.map { $0 + 2 })
    }
    if let indent, !items.isEmpty { output += "\n" + String(repeating: " ", count: indent) }
    output += close
  }

  private static func text(of value: Double) -> String {
    if value.isNaN { return "\"nan\"" }
    if value.isInfinite { return value > 0 ? "\"inf\"" : "\"-inf\"" }
    return "\(value)"
  }
}
