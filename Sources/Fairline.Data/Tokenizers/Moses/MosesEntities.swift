/// Entities that stand for characters with a meaning of their own in Moses' files.
enum MosesEntities {
  private static let entities: [(character: Unicode.Scalar, entity: String)] = [
    ("&", "&amp;"), ("|", "&#124;"), ("<", "&lt;"), (">", "&gt;"), ("'", "&apos;"),
    ("\"", "&quot;"), ("[", "&#91;"), ("]", "&#93;"),
  ]

  /// In the order of the rules, as an entity may appear when another is replaced.
  private static let unescaped: [(entity: [Unicode.Scalar], character: Unicode.Scalar)] = [
    ("&bar;", "|"), ("&#124;", "|"), ("&lt;", "<"), ("&gt;", ">"), ("&bra;", "["), ("&ket;", "]"),
    ("&quot;", "\""), ("&apos;", "'"), ("&#91;", "["), ("&#93;", "]"), ("&amp;", "&"),
  ].map { (Array(($0 as String).unicodeScalars), $1) }

  /// Entities for characters.
  static func escape(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
    var result: [Unicode.Scalar] = []
    for scalar in text {
      if let entity = entities.first(where: { $0.character == scalar })?.entity {
        result += entity.unicodeScalars
      } else {
        result.append(scalar)
      }
    }
    return result
  }

  /// Characters for entities.
  static func unescape(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
    guard text.contains("&") else { return text }
    return unescaped.reduce(text) { replace($1.entity, by: [$1.character], in: $0) }
  }

  /// Replaces a part of a text wherever it is, from left to right.
  static func replace(
    _ part: [Unicode.Scalar], by new: [Unicode.Scalar], in text: [Unicode.Scalar]
  ) -> [Unicode.Scalar] {
    var (result, place): ([Unicode.Scalar], Int) = ([], 0)
    while place < text.count {
      if text[place] == part[0], text[place...].starts(with: part) {
        result += new
        place += part.count
      } else {
        result.append(text[place])
        place += 1
      }
    }
    return result
  }

  /// The text of characters.
  static func string(_ text: some Sequence<Unicode.Scalar>) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: text)
    return String(view)
  }
}
