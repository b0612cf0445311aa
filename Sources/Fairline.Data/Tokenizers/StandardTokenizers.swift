public import Fairline
import Foundation

/// The tokenizers that Fairline brings.
public enum StandardTokenizers: Plugin {
  /// The name of the one that a checkpoint or a data folder may bring with it.
  package static let sentencePiece = "sentencepiece"

  /// Adds them.
  public static func register(in catalog: inout Catalog) throws {
    try catalog.tokenizers.add(
      sentencePiece, "pieces of a SentencePiece model",
      build: { (settings: SentencePieceSettings, context) in
        if let path = settings.model { return try SentencePieceModel(contentsOf: path) }
        return context.own?.postProcessing == .sentencepiece
          ? context.own ?? PieceJoiner() : PieceJoiner()
      })
    for (name, summary) in [
      ("subword_nmt", "units of words, by codes of subword-nmt"),
      ("fastbpe", "units of words, by codes of fastBPE"),
    ] {
      try catalog.tokenizers.add(
        name, summary,
        build: { (settings: SubwordSettings, _) in try SubwordTokenizer(settings, name: name) })
    }
    try catalog.tokenizers.add(
      "gpt2", "numbers of GPT-2's vocabulary of bytes",
      build: { (settings: GPT2Settings, _) in try settings.tokenizer() })
    try catalog.tokenizers.add(
      "hf_byte_bpe", "numbers of a vocabulary of bytes, with files of one's own",
      build: { (settings: ByteLevelSettings, _) in try settings.tokenizer() })
    try catalog.tokenizers.add(
      "characters", "characters", build: { (_: NoSettings, _) in CharacterTokenizer() })
    try catalog.tokenizers.add(
      "bytes", "bytes, as characters", build: { (_: NoSettings, _) in ByteTokenizer() })
    try catalog.tokenizers.add(
      "byte_bpe", "pieces of a SentencePiece model of bytes",
      build: { (settings: BytePieceSettings, _) in try BytePieceTokenizer(settings) })
    try catalog.wordTokenizers.add(
      "moses", "words, by the rules of Moses",
      build: { (settings: MosesSettings, context) in settings.tokenizer(context) })
    try catalog.wordTokenizers.add(
      "space", "what spaces separate", build: { (_: NoSettings, _) in SpaceTokenizer() })
  }
}

/// The settings of the tokenizer `sentencepiece`.
public struct SentencePieceSettings: Configuration, Equatable {
  /// The file of the model; nil for the one of the checkpoint or data folder.
  public var model: String?

  /// The defaults.
  public init() {}

  /// The flags.
  public static var options: [Option<Self>] {
    [
      Option(
        "sentencepiece-model", \.model,
        "SentencePiece model to use instead of the one in the checkpoint or data folder")
    ]
  }
}

extension SentencePieceModel: Tokenizer {
  /// The pieces of a line, with a space between two.
  public func units(of line: String) throws -> String {
    try encode(line).joined(separator: " ")
  }

  /// The text of pieces as the model decodes it: bytes become characters, and what is no piece
  /// stays as it is.
  ///
  /// Spaces at the ends go, as fairseq takes them away.
  public func text(of units: String) -> String {
    let pieces = units.utf8.split(separator: 0x20).map { String(decoding: $0, as: UTF8.self) }
    guard let text = try? decode(pieces) else {
      return PostProcessing.sentencepiece.apply(to: units)
    }
    return text.trimmingCharacters(in: .whitespaces)
  }

  /// `sentencepiece`.
  public var postProcessing: PostProcessing? { .sentencepiece }
}

/// Joins pieces without the model that made them, which dividing text needs.
private struct PieceJoiner: Tokenizer {
  var postProcessing: PostProcessing? { .sentencepiece }

  func units(of line: String) throws -> String {
    throw UserError(
      "--bpe sentencepiece needs a model of pieces: give --sentencepiece-model, or "
        + "use a checkpoint that carries one"
    )
  }

  func text(of units: String) -> String { PostProcessing.sentencepiece.apply(to: units) }
}
