/// Why a text is not the JSON that was expected.
public struct JSONError: Error, Equatable, CustomStringConvertible {
  /// What is wrong, with the byte offset where it stands.
  public let description: String

  /// An error with a sentence.
  public init(_ description: String) { self.description = description }
}

/// A strict JSON reader over bytes.
///
/// Refuses duplicate keys, nesting deeper than 128, lone surrogates, invalid UTF-8, numbers in
/// any form that the standard does not have, and anything after the value but white space.
struct JSONParser {
  private let bytes: UnsafeRawBufferPointer
  private var position = 0
  private var depth = 0

  private init(_ bytes: UnsafeRawBufferPointer) {
    self.bytes = bytes
    // Editors of some systems put a byte-order mark before a text.
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
  }

  /// The value of a whole document.
  static func parse(_ bytes: UnsafeRawBufferPointer) throws(JSONError) -> JSONValue {
    var parser = JSONParser(bytes)
    let value = try parser.value()
    parser.skipSpace()
    guard parser.position == bytes.count else { throw parser.error("text after the end") }
    return value
  }

  /// Calls the body with each member of a document that is one object, in written order.
  ///
  /// Nothing is kept between members, so that a long object needs no memory of its own; a key
  /// that stands twice is given twice.
  static func members(
    _ bytes: UnsafeRawBufferPointer, _ body: (String, JSONValue) throws(JSONError) -> Void
  ) throws(JSONError) {
    var parser = JSONParser(bytes)
    parser.skipSpace()
    try parser.expect("{")
    parser.depth = 1
    try parser.members(body)
    parser.skipSpace()
    guard parser.position == bytes.count else { throw parser.error("text after the end") }
  }

  private func error(_ what: String) -> JSONError { JSONError("\(what) at byte \(position)") }

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      position += 1
    }
  }

  private mutating func expect(_ character: Unicode.Scalar) throws(JSONError) {
    guard next == UInt8(ascii: character) else { throw error("'\(character)' is missing") }
    position += 1
  }

  private mutating func value() throws(JSONError) -> JSONValue {
    skipSpace()
    switch next {
    case UInt8(ascii: "{"): return .object(try nested { p throws(JSONError) in try p.object() })
    case UInt8(ascii: "["): return .array(try nested { p throws(JSONError) in try p.array() })
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try literal("true", .bool(true))
    case UInt8(ascii: "f"): return try literal("false", .bool(false))
    case UInt8(ascii: "n"): return try literal("null", .null)
    case nil: throw error("the text ends")
    default: return try number()
    }
  }

  private mutating func nested<Result>(
    _ body: (inout JSONParser) throws(JSONError) -> Result
  ) throws(JSONError) -> Result {
    depth += 1
    guard depth <= 128 else { throw error("nesting deeper than 128") }
    position += 1
    let result = try body(&self)
    depth -= 1
    return result
  }

  private mutating func literal(
    _ text: StaticString, _ value: JSONValue
  ) throws(JSONError) -> JSONValue {
    let length = text.utf8CodeUnitCount
    guard bytes.count - position >= length,
      (0..<length).allSatisfy({ bytes[position + $0] == text.utf8Start[$0] })
    else { throw error("an unknown word") }
    position += length
    return value
  }

  private mutating func object() throws(JSONError) -> JSONObject {
    var result = JSONObject()
    try members { key, value throws(JSONError) in
      guard result[key] == nil else { throw JSONError("the key '\(key)' stands twice") }
      result[key] = value
    }
    return result
  }

  /// Reads what follows an opening brace, the closing one included.
  private mutating func members(
    _ body: (String, JSONValue) throws(JSONError) -> Void
  ) throws(JSONError) {
    skipSpace()
    if next == UInt8(ascii: "}") {
      position += 1
      return
    }
    while true {
      skipSpace()
      let key = try string()
      skipSpace()
      try expect(":")
      try body(key, try value())
      skipSpace()
      guard next == UInt8(ascii: ",") else { return try expect("}") }
      position += 1
    }
  }

  private mutating func array() throws(JSONError) -> [JSONValue] {
    var elements: [JSONValue] = []
    skipSpace()
    if next == UInt8(ascii: "]") {
      position += 1
      return elements
    }
    while true {
      elements.append(try value())
      skipSpace()
      guard next == UInt8(ascii: ",") else {
        try expect("]")
        return elements
      }
      position += 1
    }
  }

  private mutating func digits() throws(JSONError) {
    let start = position
    while let byte = next, byte >= 0x30, byte <= 0x39 { position += 1 }
    guard position > start else { throw error("a digit is missing") }
  }

  private mutating func number() throws(JSONError) -> JSONValue {
    let start = position
    var isWhole = true
    if next == UInt8(ascii: "-") { position += 1 }
    if next == UInt8(ascii: "0") { position += 1 } else { try digits() }
    if next == UInt8(ascii: ".") {
      isWhole = false
      position += 1
      try digits()
    }
    if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
      isWhole = false
      position += 1
      if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
      try digits()
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if isWhole, let value = Int(text) { return .integer(value) }
    guard let value = Double(text), value.isFinite else { throw error("a number out of range") }
    return .number(value)
  }

  private mutating func string() throws(JSONError) -> String {
    try expect("\"")
    if let plain = try plainString() { return plain }
    var text: [UInt8] = []
    while let byte = next {
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let result = String(validating: text, as: UTF8.self) else {
          throw error("invalid UTF-8 in a string")
        }
        return result
      case UInt8(ascii: "\\"): text.append(contentsOf: String(try escape()).utf8)
      case 0..<0x20: throw error("a control character in a string")
      default: text.append(byte)
      }
    }
    throw error("a string without end")
  }

  /// The rest of a string without escapes; nil, and nothing is read, when it has some.
  private mutating func plainString() throws(JSONError) -> String? {
    var end = position
    while end < bytes.count, bytes[end] != UInt8(ascii: "\"") {
      guard bytes[end] >= 0x20, bytes[end] != UInt8(ascii: "\\") else { return nil }
      end += 1
    }
    guard end < bytes.count else { return nil }
    guard let text = String(validating: bytes[position..<end], as: UTF8.self) else {
      throw error("invalid UTF-8 in a string")
    }
    position = end + 1
    return text
  }

  private mutating func escape() throws(JSONError) -> Unicode.Scalar {
    guard let byte = next else { throw error("a string without end") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): break
    default: throw error("an unknown escape")
    }
    var code = try hexadecimal()
    if code >= 0xD800, code < 0xDC00 {
      try expect("\\")
      try expect("u")
      let low = try hexadecimal()
      guard low >= 0xDC00, low < 0xE000 else { throw error("a lone surrogate") }
      code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
    }
    guard let scalar = Unicode.Scalar(code) else { throw error("a lone surrogate") }
    return scalar
  }

  private mutating func hexadecimal() throws(JSONError) -> UInt32 {
    var code: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw error("a hexadecimal digit is missing")
      }
      code = code << 4 | UInt32(digit)
      position += 1
    }
    return code
  }
}

extension JSONValue {
  /// Reads a document; throws ``JSONError`` naming what is wrong and where.
  public init(parsing text: String) throws(JSONError) {
    var text = text
    let result: Result<JSONValue, JSONError> = text.withUTF8 { bytes in
      Result { () throws(JSONError) in try JSONParser.parse(UnsafeRawBufferPointer(bytes)) }
    }
    self = try result.get()
  }

  /// Calls the body with each member of a document that is one object, in written order.
  ///
  /// Nothing is kept between members, so that a long object needs no memory of its own; a key
  /// that stands twice is given twice.
  package static func forEachMember(
    in bytes: UnsafeRawBufferPointer, _ body: (String, JSONValue) throws(JSONError) -> Void
  ) throws(JSONError) {
    try JSONParser.members(bytes, body)
  }

  /// Reads a document from UTF-8 bytes; throws ``JSONError`` naming what is wrong and where.
  public init(parsing bytes: UnsafeRawBufferPointer) throws(JSONError) {
    self = try JSONParser.parse(bytes)
  }
}
