import Fairline
import FairlineFoundation
import Foundation

/// Divides text into its bytes, a character for each, with U+2581 for a space: fairseq's `bytes`.
struct ByteTokenizer: Tokenizer {
  func units(of line: String) -> String {
    CharacterTokenizer().units(of: ByteCharacters.fairseq.text(of: Self.withPlainSpaces(line).utf8))
  }

  func text(of units: String) -> String {
    ByteCharacters.fairseq.bestText(of: CharacterTokenizer().text(of: units))
  }

  /// A line with one space for each run of white space.
  static func withPlainSpaces(_ line: String) -> String {
    var words: [String] = []
    var (leads, ends) = (false, false)
    var copy = line
    copy.withUTF8 { line in
      Words.forEach(in: line) { word in
        if words.isEmpty { leads = word.baseAddress != line.baseAddress }
        words.append(String(decoding: word, as: UTF8.self))
      }
      ends = Words.trailingSpace(of: line) > 0
    }
    guard !words.isEmpty else { return ends ? " " : "" }
    return (leads ? " " : "") + words.joined(separator: " ") + (ends ? " " : "")
  }
}

/// Divides the bytes of text, a character for each, by a SentencePiece model: fairseq's `byte_bpe`.
struct BytePieceTokenizer: Tokenizer {
  private let model: SentencePieceModel?

  init(_ settings: BytePieceSettings) throws {
    model = try settings.sentencepieceModelPath.map { try SentencePieceModel(contentsOf: $0) }
  }

  func units(of line: String) throws -> String {
    guard let model else {
      throw UserError("--bpe byte_bpe needs --sentencepiece-model-path to divide text")
    }
    let text = ByteCharacters.fairseq.text(of: ByteTokenizer.withPlainSpaces(line).utf8)
    return try model.encode(text).joined(separator: " ")
  }

  func text(of units: String) -> String { ByteTokenizer().text(of: units) }
}

/// The settings of the tokenizer `byte_bpe`.
struct BytePieceSettings: Configuration, Equatable {
  /// The file of the model.
  var sentencepieceModelPath: String?

  static var options: [Option<Self>] {
    [
      Option(
        "sentencepiece-model-path", \.sentencepieceModelPath,
        "SentencePiece model of bytes written as characters")
    ]
  }
}
