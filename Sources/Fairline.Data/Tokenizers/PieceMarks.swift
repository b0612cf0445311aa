import Fairline
import Foundation

/// What stands for itself in text that a SentencePiece model divides, as tokenizers of other
/// programs have it: special symbols anywhere, and a code of the target language in front.
package struct PieceMarks: Codable, Equatable, Sendable {
  /// Symbols that stand for themselves wherever they are found; text of outputs leaves them out.
  package var symbols: [String] = []
  /// Further symbols that text of outputs leaves out: those of languages.
  package var hidden: [String] = []
  /// What a code at the beginning of a text begins and ends with, `>>` and `<<`; empty for no
  /// codes.
  package var code: [String] = []

  /// The name under which a checkpoint carries them.
  package static let asset = "spm.marks"

  /// Makes marks.
  package init(symbols: [String], hidden: [String] = [], code: [String] = []) {
    (self.symbols, self.hidden, self.code) = (symbols, hidden, code)
  }

  /// No marks.
  package init() {}

  /// Reads what a checkpoint carries.
  ///
  /// - Throws: `UserError` when it is no such text.
  package init(serialized bytes: [UInt8]) throws {
    do {
      self = try bytes.withUnsafeBytes { try JSONValue(parsing: $0) }.decoded(over: PieceMarks())
      guard code.isEmpty || code.count == 2, !(symbols + code).contains("") else {
        throw JSONError("empty marks")
      }
    } catch {
      throw UserError("'\(Self.asset)' in the model is damaged: use another copy of the file")
    }
  }

  /// The bytes that a checkpoint carries.
  package var serialized: [UInt8] {
    let list = { (texts: [String]) in JSONValue.array(texts.map(JSONValue.string)) }
    let json: JSONValue = [
      "symbols": list(symbols), "hidden": list(hidden), "code": list(code),
    ]
    return Array(json.compactText.utf8)
  }

  /// Divides a text at its marks.
  ///
  /// - Returns: the parts in order; marks stand for themselves.
  func divide(_ text: String) -> [(part: String, isMark: Bool)] {
    var parts: [(part: String, isMark: Bool)] = []
    let bytes = Array(text.utf8)
    let marks = symbols.map { Array($0.utf8) }.sorted { $0.count > $1.count }
    var (start, place) = (0, 0)
    func add(_ end: Int) {
      guard end > start else { return }
      parts += withoutCode(bytes[start..<end])
    }
    while place < bytes.count {
      guard let mark = marks.first(where: { bytes[place...].starts(with: $0) }) else {
        place += 1
        continue
      }
      add(place)
      parts.append((String(decoding: mark, as: UTF8.self), true))
      place += mark.count
      start = place
    }
    add(bytes.count)
    return parts
  }

  /// A text with the code at its beginning as a part of its own.
  private func withoutCode(_ bytes: ArraySlice<UInt8>) -> [(part: String, isMark: Bool)] {
    func text(_ part: ArraySlice<UInt8>) -> String { String(decoding: part, as: UTF8.self) }
    guard code.count == 2, bytes.starts(with: code[0].utf8),
      let last = bytes.indices.first(where: { bytes[$0...].starts(with: code[1].utf8) })
    else { return [(text(bytes), false)] }
    let end = last + code[1].utf8.count
    return [(text(bytes[..<end]), true), (text(bytes[end...]), false)]
  }
}

/// A SentencePiece model whose text holds marks; unknown text that would fall apart at a space is
/// one unknown symbol.
package struct MarkedPieces: Tokenizer {
  private let model: SentencePieceModel
  private let marks: PieceMarks
  private let hidden: Set<String>

  /// Puts both together.
  package init(_ model: SentencePieceModel, _ marks: PieceMarks) {
    (self.model, self.marks) = (model, marks)
    hidden = Set(marks.symbols + marks.hidden)
  }

  /// The pieces of a line, with a space between two.
  package func units(of line: String) throws -> String {
    var units: [String] = []
    for (part, isMark) in marks.divide(line) {
      if isMark {
        units.append(Self.isOneWord(part) ? part : Vocabulary.unkSymbol)
      } else {
        units += try model.encode(part).map { Self.isOneWord($0) ? $0 : Vocabulary.unkSymbol }
      }
    }
    return units.joined(separator: " ")
  }

  /// The text of pieces as the model decodes it, without special symbols.
  package func text(of units: String) -> String {
    let kept = units.utf8.split(separator: 0x20).map { String(decoding: $0, as: UTF8.self) }
      .filter { !hidden.contains($0) }
    // Pieces that this model lacks keep their marks of spaces.
    return model.text(of: kept.joined(separator: " ")).replacing("\u{2581}", with: " ")
      .trimmingCharacters(in: .whitespaces)
  }

  /// `sentencepiece`.
  package var postProcessing: PostProcessing? { .sentencepiece }

  /// Whether a text is one word between spaces.
  private static func isOneWord(_ text: String) -> Bool {
    var count = 0
    var copy = text
    let bytes = text.utf8.count
    copy.withUTF8 { Words.forEach(in: $0) { count += $0.count == bytes ? 1 : 2 } }
    return count == 1
  }
}
