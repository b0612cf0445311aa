/// Text in lines of at most 100 columns.
enum Lines {
  static let width = 100

  /// A paragraph, broken between words; lines after the first begin with `indent`.
  static func of(_ text: String, indent: String = "") -> [String] {
    broken(text.split(separator: " ").map(String.init), indent: indent, ending: "")
  }

  /// An item of a list.
  static func item(_ text: String) -> [String] { of("- " + text, indent: "  ") }

  /// A command, broken in front of flags, as a shell reads it.
  static func command(_ text: String) -> [String] {
    var parts: [String] = []
    for word in text.split(separator: " ").map(String.init) {
      if parts.isEmpty || word.hasPrefix("-") {
        parts.append(word)
      } else {
        parts[parts.count - 1] += " " + word
      }
    }
    return broken(parts, indent: "  ", ending: " \\")
  }

  /// Lines of parts with spaces between them; all lines but the last have the ending.
  private static func broken(_ parts: [String], indent: String, ending: String) -> [String] {
    var lines: [String] = []
    var line = ""
    for part in parts {
      if line.isEmpty {
        line = part
      } else if line.count + 1 + part.count + ending.count <= width {
        line += " " + part
      } else {
        lines.append(line + ending)
        line = indent + part
      }
    }
    return lines + [line]
  }
}
