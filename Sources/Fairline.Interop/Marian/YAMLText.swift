import Fairline

/// The part of YAML that Marian's settings and vocabularies use: one mapping of plain or quoted
/// keys to plain or quoted values, or to lists of them.
///
/// Mappings inside the mapping are left out.
struct YAMLText {
  private let path: String

  /// - Parameter path: the file, for messages.
  init(path: String) { self.path = path }

  // MARK: - Settings

  /// Settings by their names; plain values are numbers, true or false, or texts.
  ///
  /// - Throws: `UserError` naming the line that cannot be read.
  func settings(_ bytes: [UInt8]) throws -> JSONObject {
    var settings = JSONObject()
    var key: String?
    try forEachLine(bytes) { number, line in
      let indent = line.prefix { $0 == 0x20 }.count
      var scanner = Scanner(line.dropFirst(indent))
      if scanner.next == UInt8(ascii: "-"), let open = key {
        scanner.skip()
        var list = settings[open]?.arrayValue ?? []
        list.append(try scanner.value(self, number))
        settings[open] = .array(list)
        return
      }
      guard indent == 0 else { return }
      let name = try scanner.key(self, number)
      key = name
      settings[name] = try scanner.value(self, number)
    }
    return settings
  }

  // MARK: - Vocabularies

  /// The numbers of symbols, each symbol with its number.
  ///
  /// - Throws: `UserError` naming the line that cannot be read.
  func numbers(_ bytes: [UInt8]) throws -> [(symbol: String, number: Int)] {
    var numbers: [(symbol: String, number: Int)] = []
    var long: String?
    try forEachLine(bytes) { number, line in
      var scanner = Scanner(line.drop { $0 == 0x20 })
      if let symbol = long {
        // The second line of a long key: `: 5`.
        guard scanner.next == UInt8(ascii: ":") else { throw unreadable(number) }
        scanner.skip()
        numbers.append((symbol, try scanner.integer(self, number)))
        long = nil
        return
      }
      if scanner.next == UInt8(ascii: "?"), scanner.second == 0x20 {
        scanner.skip()
        long = try scanner.scalar(self, number)
        return
      }
      let symbol = try scanner.symbol(self, number)
      numbers.append((symbol, try scanner.integer(self, number)))
    }
    return numbers
  }

  // MARK: - Lines

  fileprivate func unreadable(_ line: Int) -> UserError {
    UserError("line \(line) of \(path) is not as Marian writes YAML: use another copy")
  }

  /// Calls the body with every line that says something.
  private func forEachLine(
    _ bytes: [UInt8], _ body: (_ number: Int, _ line: ArraySlice<UInt8>) throws -> Void
  ) throws {
    var number = 0
    for part in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
      number += 1
      let line = part.last == 0x0D ? part.dropLast() : part
      guard let first = line.first(where: { $0 != 0x20 && $0 != 0x09 }),
        first != UInt8(ascii: "#"), !line.elementsEqual("---".utf8), !line.elementsEqual("...".utf8)
      else { continue }
      try body(number, line)
    }
  }

  /// Reads the parts of a line.
  private struct Scanner {
    private var rest: ArraySlice<UInt8>

    init(_ line: ArraySlice<UInt8>) { rest = line }

    var next: UInt8? { rest.first }
    var second: UInt8? { rest.dropFirst().first }

    /// Leaves out a byte and the spaces behind it.
    mutating func skip() { rest = rest.dropFirst().drop { $0 == 0x20 || $0 == 0x09 } }

    /// A key with its colon.
    mutating func key(_ yaml: YAMLText, _ number: Int) throws -> String {
      if next == UInt8(ascii: "\"") || next == UInt8(ascii: "'") {
        let key = try quoted(yaml, number)
        guard next == UInt8(ascii: ":") else { throw yaml.unreadable(number) }
        skip()
        return key
      }
      guard let end = rest.firstIndex(of: UInt8(ascii: ":")),
        end + 1 == rest.endIndex || rest[end + 1] == 0x20
      else { throw yaml.unreadable(number) }
      let key = String(decoding: rest[..<end], as: UTF8.self)
      rest = rest[end...]
      skip()
      return key
    }

    /// A symbol with its colon: bare ones may hold colons themselves.
    mutating func symbol(_ yaml: YAMLText, _ number: Int) throws -> String {
      if next == UInt8(ascii: "\"") || next == UInt8(ascii: "'") { return try key(yaml, number) }
      guard let end = rest.lastIndex(of: UInt8(ascii: ":")) else { throw yaml.unreadable(number) }
      let symbol = String(decoding: rest[..<end], as: UTF8.self)
      rest = rest[end...]
      skip()
      return symbol
    }

    mutating func integer(_ yaml: YAMLText, _ number: Int) throws -> Int {
      let text = rest.prefix { (0x30...0x39).contains($0) }
      guard rest.dropFirst(text.count).allSatisfy({ $0 == 0x20 }),
        let value = Int(String(decoding: text, as: UTF8.self))
      else { throw yaml.unreadable(number) }
      return value
    }

    /// A text to the end of the line, quoted or not.
    mutating func scalar(_ yaml: YAMLText, _ number: Int) throws -> String {
      next == UInt8(ascii: "\"") || next == UInt8(ascii: "'")
        ? try quoted(yaml, number) : plain(until: [])
    }

    /// A value, or a list in brackets.
    mutating func value(_ yaml: YAMLText, _ number: Int) throws -> JSONValue {
      guard next == UInt8(ascii: "[") else { return try element(yaml, number, until: []) }
      skip()
      var list: [JSONValue] = []
      while let byte = next, byte != UInt8(ascii: "]") {
        list.append(try element(yaml, number, until: [UInt8(ascii: ","), UInt8(ascii: "]")]))
        if next == UInt8(ascii: "]") { break }
        guard next == UInt8(ascii: ",") else { throw yaml.unreadable(number) }
        skip()
      }
      guard next == UInt8(ascii: "]") else { throw yaml.unreadable(number) }
      return .array(list)
    }

    private mutating func element(
      _ yaml: YAMLText, _ number: Int, until ends: [UInt8]
    ) throws -> JSONValue {
      if next == UInt8(ascii: "\"") || next == UInt8(ascii: "'") {
        return .string(try quoted(yaml, number))
      }
      let text = plain(until: ends)
      switch text {
      case "", "~", "null": return .null
      case "true", "yes", "on": return true
      case "false", "no", "off": return false
      default: break
      }
      if let number = Int(text) { return .integer(number) }
      if let number = Double(text), number.isFinite { return .number(number) }
      return .string(text)
    }

    /// A bare text, to one of some bytes, to a remark, or to the end of the line.
    private mutating func plain(until ends: [UInt8]) -> String {
      var end = rest.startIndex
      while end < rest.endIndex, !ends.contains(rest[end]) {
        if rest[end] == UInt8(ascii: "#"), end == rest.startIndex || rest[end - 1] == 0x20 { break }
        end += 1
      }
      let text = rest[..<end]
      rest = rest[end...]
      let trimmed = text.prefix(text.count - text.reversed().prefix { $0 == 0x20 }.count)
      return String(decoding: trimmed, as: UTF8.self)
    }

    /// A text in quotation marks, and the spaces behind it.
    private mutating func quoted(_ yaml: YAMLText, _ number: Int) throws -> String {
      let mark = rest.removeFirst()
      var text: [UInt8] = []
      while let byte = rest.popFirst() {
        if byte == mark {
          guard mark == UInt8(ascii: "'"), next == mark else {
            rest = rest.drop { $0 == 0x20 }
            return String(decoding: text, as: UTF8.self)
          }
          rest.removeFirst()
          text.append(mark)
        } else if byte == UInt8(ascii: "\\"), mark == UInt8(ascii: "\"") {
          text += try escaped(yaml, number)
        } else {
          text.append(byte)
        }
      }
      throw yaml.unreadable(number)
    }

    private static let escapes: [UInt8: [UInt8]] = [
      UInt8(ascii: "0"): [0], UInt8(ascii: "a"): [7], UInt8(ascii: "b"): [8],
      UInt8(ascii: "t"): [9], 9: [9], UInt8(ascii: "n"): [10], UInt8(ascii: "v"): [11],
      UInt8(ascii: "f"): [12], UInt8(ascii: "r"): [13], UInt8(ascii: "e"): [27],
      UInt8(ascii: " "): [32], UInt8(ascii: "\""): [34], UInt8(ascii: "/"): [47],
      UInt8(ascii: "\\"): [92], UInt8(ascii: "N"): Array("\u{85}".utf8),
      UInt8(ascii: "_"): Array("\u{A0}".utf8), UInt8(ascii: "L"): Array("\u{2028}".utf8),
      UInt8(ascii: "P"): Array("\u{2029}".utf8),
    ]
    private static let widths: [UInt8: Int] = [
      UInt8(ascii: "x"): 2, UInt8(ascii: "u"): 4, UInt8(ascii: "U"): 8,
    ]

    private mutating func escaped(_ yaml: YAMLText, _ number: Int) throws -> [UInt8] {
      guard let kind = rest.popFirst() else { throw yaml.unreadable(number) }
      if let bytes = Self.escapes[kind] { return bytes }
      guard let width = Self.widths[kind], rest.count >= width else {
        throw yaml.unreadable(number)
      }
      var value = try hexadecimal(width, yaml, number)
      // JSON writes characters beyond 16 bits as two halves.
      if (0xD800..<0xDC00).contains(value), kind == UInt8(ascii: "u"),
        rest.starts(with: "\\u".utf8), rest.count >= 6
      {
        rest = rest.dropFirst(2)
        let low = try hexadecimal(4, yaml, number)
        guard (0xDC00..<0xE000).contains(low) else { throw yaml.unreadable(number) }
        value = 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00)
      }
      guard let scalar = Unicode.Scalar(value) else { throw yaml.unreadable(number) }
      return Array(String(Character(scalar)).utf8)
    }

    private mutating func hexadecimal(
      _ width: Int, _ yaml: YAMLText, _ number: Int
    ) throws -> UInt32 {
      let digits = String(decoding: rest.prefix(width), as: UTF8.self)
      guard let value = UInt32(digits, radix: 16) else { throw yaml.unreadable(number) }
      rest = rest.dropFirst(width)
      return value
    }
  }
}
