public import FairlineData
import Fairline

/// Both sides' dictionaries and the models that divide text into their symbols, from a data folder
/// or a checkpoint.
public struct TranslationVocabularies: Sendable {
  /// The source dictionary.
  public let source: Vocabulary
  /// The target dictionary.
  public let target: Vocabulary
  /// Divides source text, when it is known how.
  public let sourcePieces: SentencePieceModel?
  /// Joins target pieces, when it is known how.
  public let targetPieces: SentencePieceModel?

  /// The names of what a checkpoint carries.
  enum Asset {
    static let sourceDictionary = "dict.src"
    static let targetDictionary = "dict.tgt"
    static let pieces = "spm.model"
    static let sourcePieces = "spm.src.model"
    static let targetPieces = "spm.tgt.model"
  }

  /// Reads what a data folder has: dictionaries, and the SentencePiece models that preprocessing
  /// left there.
  public init(folder: DataDirectory, languages: DataDirectory.Languages) throws {
    source = try folder.dictionary(languages.source)
    target = try folder.dictionary(languages.target)
    func model(_ name: String) throws -> SentencePieceModel? {
      let path = Paths.join(folder.first, name)
      guard Paths.exists(path) else { return nil }
      return try SentencePieceModel(contentsOf: path)
    }
    let joint = try model("sentencepiece.bpe.model")
    sourcePieces = try model("sentencepiece.bpe.\(languages.source).model") ?? joint
    targetPieces = try model("sentencepiece.bpe.\(languages.target).model") ?? joint
  }

  /// Reads what a checkpoint carries.
  public init(assets: [String: [UInt8]]) throws {
    func vocabulary(_ name: String) throws -> Vocabulary {
      guard let bytes = assets[name] else {
        throw UserError(
          "the model has no dictionary '\(name)' with it: put dict.txt, or dict.src.txt and "
            + "dict.tgt.txt, beside the file"
        )
      }
      return try Vocabulary(serialized: bytes, name: name)
    }
    func model(_ name: String) throws -> SentencePieceModel? {
      try assets[name].map { try SentencePieceModel(serialized: $0) }
    }
    source = try vocabulary(Asset.sourceDictionary)
    target = try vocabulary(Asset.targetDictionary)
    let joint = try model(Asset.pieces)
    sourcePieces = try model(Asset.sourcePieces) ?? joint
    targetPieces = try model(Asset.targetPieces) ?? joint
  }

  /// What a checkpoint carries of this.
  public var assets: [String: [UInt8]] {
    var assets = [
      Asset.sourceDictionary: source.serialized, Asset.targetDictionary: target.serialized,
    ]
    assets[Asset.sourcePieces] = sourcePieces?.serialized
    assets[Asset.targetPieces] = targetPieces?.serialized
    if let pieces = sourcePieces?.serialized, pieces == targetPieces?.serialized {
      assets[Asset.sourcePieces] = nil
      assets[Asset.targetPieces] = nil
      assets[Asset.pieces] = pieces
    }
    return assets
  }

  /// What identifies the dictionaries.
  public var identity: [String: String] {
    ["source dictionary": source.fingerprint, "target dictionary": target.fingerprint]
  }
}
