import FairlineFoundation

/// A file of pairs: codes of subword-nmt, versions 0.1 and 0.2, or of fastBPE, whose lines hold a
/// count too.
struct SubwordCodes: Sendable {
  /// What marks a symbol that ends a word.
  static let wordEnd = MergeTable.Symbol("</w>".utf8)

  /// The pairs in the order of the file.
  let pairs: [MergeTable.Pair]
  /// Whether the end of a word is a symbol of its own until it is joined, as in version 0.1 of
  /// subword-nmt.
  let endsApart: Bool

  /// Reads a file.
  ///
  /// - Throws: a `UserError` naming the line that is no pair.
  init(contentsOf path: String) throws {
    var (pairs, isOld, number) = ([MergeTable.Pair](), true, 0)
    try TextFile(path).forEachLine { line in
      number += 1
      let fields = line.utf8.split(separator: 0x20)
      if number == 1, line.hasPrefix("#version:") {
        let version = fields.last.map { String(decoding: $0, as: UTF8.self) }
        guard version == "0.1" || version == "0.2" else {
          throw UserError("'\(path)' has a version that is not known: 0.1 and 0.2 are")
        }
        isOld = version == "0.1"
        return
      }
      if fields.count == 3, Int(String(decoding: fields[2], as: UTF8.self)) != nil {
        if pairs.isEmpty { isOld = false }
      } else if fields.count != 2 {
        throw UserError(
          "'\(path)', line \(number): '\(line.prefix(60))' is no pair of symbols; give the codes "
            + "that subword-nmt or fastBPE learnt")
      }
      pairs.append(MergeTable.Pair(first: Array(fields[0]), second: Array(fields[1])))
    }
    (self.pairs, endsApart) = (pairs, isOld)
  }
}
