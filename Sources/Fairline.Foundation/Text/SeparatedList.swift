/// Names in one argument, such as `a:b` or `a,b`.
///
/// A separator or backslash behind a backslash belongs to the name: `a\:b` is one name.
package enum SeparatedList {
  private static let backslash = UInt8(ascii: "\\")

  /// The names, empty ones included, as they are without backslashes.
  package static func parts(of text: String, at separator: Unicode.Scalar) -> [String] {
    let mark = UInt8(ascii: separator)
    var parts: [[UInt8]] = [[]]
    var isEscaped = false
    for byte in text.utf8 {
      if isEscaped {
        if byte != mark, byte != backslash { parts[parts.count - 1].append(backslash) }
        parts[parts.count - 1].append(byte)
        isEscaped = false
      } else if byte == backslash {
        isEscaped = true
      } else if byte == mark {
        parts.append([])
      } else {
        parts[parts.count - 1].append(byte)
      }
    }
    if isEscaped { parts[parts.count - 1].append(backslash) }
    return parts.map { String(decoding: $0, as: UTF8.self) }
  }
}
