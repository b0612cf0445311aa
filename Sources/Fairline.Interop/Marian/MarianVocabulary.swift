import Fairline
import FairlineData

/// The symbols of one side of a native model of Marian.
struct MarianVocabulary {
  let symbols: ForeignVocabulary
  /// The model of pieces, where it is the vocabulary too.
  let pieces: [UInt8]?
  /// Whether there are codes of target languages, such as `>>fra<<`.
  let hasCodes: Bool

  /// Reads a vocabulary in YAML or JSON, of pieces, or of one word on each line.
  ///
  /// - Parameter rows: how many rows the table has.
  /// - Throws: `UserError` when it does not fit.
  init(_ files: MarianFiles, _ name: String, rows: Int) throws {
    guard let bytes = try files.contents(of: name) else {
      throw UserError("there is no '\(name)' beside \(files.model): put it there")
    }
    var symbols = [String?](repeating: nil, count: rows)
    func add(_ symbol: String, _ number: Int) throws {
      guard symbols.indices.contains(number), symbols[number] == nil else {
        throw UserError(
          "'\(name)' gives '\(symbol)' the number \(number), which is "
            + (number < rows ? "another symbol's" : "none of the \(rows) rows of the model's table")
            + ": use the vocabulary that belongs to the model")
      }
      symbols[number] = symbol
    }
    var (end, unknown): (Int?, Int?)
    if name.hasSuffix(".spm") {
      let model = try Self.pieces(bytes, name)
      for id in 0..<model.pieceCount { try add(model.piece(id), id) }
      unknown = model.unknownId
      pieces = bytes
    } else {
      pieces = nil
      for (symbol, number) in try Self.numbers(bytes, name) { try add(symbol, number) }
    }
    // The oldest vocabularies have Nematus' names.
    end = symbols.firstIndex(of: "</s>") ?? (symbols.first == "eos" ? 0 : nil)
    unknown =
      unknown ?? symbols.firstIndex(of: "<unk>") ?? (symbols.dropFirst().first == "UNK" ? 1 : nil)
    guard let end, let unknown else {
      throw UserError("'\(name)' has no symbols '</s>' and '<unk>': use another copy")
    }
    let texts = symbols.enumerated().map { $1 ?? "madeupword\($0)" }
    hasCodes = texts.contains { $0.hasPrefix(">>") && $0.hasSuffix("<<") }
    // Padding has no part in these models; its row of zeros is what the decoder starts from.
    self.symbols = try ForeignVocabulary(
      texts,
      ForeignVocabulary.Specials(
        begin: texts.firstIndex(of: "<s>"), pad: nil, end: end, unknown: unknown), path: name)
  }

  private static func pieces(_ bytes: [UInt8], _ name: String) throws -> SentencePieceModel {
    do { return try SentencePieceModel(serialized: bytes) } catch {
      throw UserError("'\(name)' is \(error): use another copy")
    }
  }

  private static func numbers(
    _ bytes: [UInt8], _ name: String
  ) throws -> [(symbol: String, number: Int)] {
    if bytes.first(where: { $0 > 0x20 }) == UInt8(ascii: "{") {
      guard case .object(let members)? = try? bytes.withUnsafeBytes({ try JSONValue(parsing: $0) })
      else { throw UserError("'\(name)' is no JSON object of symbols: use another copy") }
      return try members.map { symbol, value in
        guard let number = value.integerValue else {
          throw UserError("'\(name)' gives '\(symbol)' no number: use another copy")
        }
        return (symbol, number)
      }
    }
    if name.hasSuffix(".txt") {
      var lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
      if lines.last?.isEmpty == true { lines.removeLast() }
      return lines.enumerated().map { (String(decoding: $1, as: UTF8.self), $0) }
    }
    return try YAMLText(path: "'\(name)'").numbers(bytes)
  }
}
