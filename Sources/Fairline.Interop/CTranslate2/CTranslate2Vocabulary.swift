import Fairline
import FairlineData

/// The vocabularies of a folder of CTranslate2.
struct CTranslate2Vocabulary {
  let source, target: ForeignVocabulary

  /// Reads the lists of symbols: one for both sides, or one for each.
  ///
  /// - Parameter rows: how many rows the tables of both sides have.
  init(
    _ candidate: ImportCandidate, _ file: CTranslate2File, _ config: ForeignSettings,
    rows: (source: Int, target: Int)
  ) throws {
    func token(_ name: String, _ usual: String) -> String {
      config.text(name) ?? file.text(name) ?? usual
    }
    let (unknown, end) = (token("unk_token", "<unk>"), token("eos_token", "</s>"))
    // Elsewhere padding is a symbol that nothing but its probability tells from others.
    let startsFromPad =
      config.text("decoder_start_token") == "<pad>"
      && file.number("decoder/start_from_zero_embedding") ?? 0 == 0
    func vocabulary(_ side: String, _ rows: Int) throws -> ForeignVocabulary {
      let names = ["shared_vocabulary", "\(side)_vocabulary", "\(side)_1_vocabulary"]
      for name in names {
        guard var symbols = try Self.symbols(name, candidate) else { continue }
        if !symbols.contains(unknown) { symbols.append(unknown) }
        guard symbols.count <= rows, let unknown = symbols.firstIndex(of: unknown),
          let end = symbols.firstIndex(of: end)
        else {
          throw UserError(
            "\(candidate.folder): '\(name)' has \(symbols.count) symbols, and the model's table "
              + "\(rows) rows: use the vocabulary that belongs to the model")
        }
        let pad = symbols.firstIndex(of: "<pad>")
        symbols += (symbols.count..<rows).map { "madeupword\($0)" }
        return try ForeignVocabulary(
          symbols,
          ForeignVocabulary.Specials(
            begin: symbols.firstIndex(of: "<s>"), pad: startsFromPad ? pad : nil, end: end,
            unknown: unknown),
          path: candidate.file(name + ".json") ?? candidate.folder)
      }
      throw UserError(
        "\(candidate.folder) has no vocabulary of its \(side): put shared_vocabulary.json, or "
          + "\(side)_vocabulary.json, beside model.bin")
    }
    source = try vocabulary("source", rows.source)
    target = try vocabulary("target", rows.target)
  }

  /// A list of symbols in JSON, or, in older folders, one on each line.
  private static func symbols(_ name: String, _ candidate: ImportCandidate) throws -> [String]? {
    if let bytes = try candidate.contents(of: name + ".json") {
      let list = try? bytes.withUnsafeBytes { try JSONValue(parsing: $0) }.arrayValue
      let symbols = list?.compactMap(\.stringValue)
      guard let symbols, symbols.count == list?.count else {
        throw UserError("\(candidate.folder): '\(name).json' is no list of symbols: repair it")
      }
      return symbols
    }
    guard let bytes = try candidate.contents(of: name + ".txt") else { return nil }
    var lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
    if lines.last?.isEmpty == true { lines.removeLast() }
    return lines.map { String(decoding: $0, as: UTF8.self) }
  }
}
