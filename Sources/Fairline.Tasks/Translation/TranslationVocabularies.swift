package import FairlineData
import Fairline

/// Both sides' dictionaries and the models that divide text into their symbols, from a data folder
/// or a checkpoint.
package struct TranslationVocabularies: Sendable {
  /// The source dictionary.
  package let source: Vocabulary
  /// The target dictionary.
  package let target: Vocabulary
  /// Divides source text, when it is known how.
  package let sourcePieces: SentencePieceModel?
  /// Joins target pieces, when it is known how.
  package let targetPieces: SentencePieceModel?
  /// What stands for itself in text, in models of other programs; nil for nothing.
  private let marks: PieceMarks?

  /// The names of what a checkpoint carries.
  enum Asset {
    static let sourceDictionary = "dict.src"
    static let targetDictionary = "dict.tgt"
    static let pieces = "spm.model"
    static let sourcePieces = "spm.src.model"
    static let targetPieces = "spm.tgt.model"
  }

  /// Reads what a data folder has: dictionaries, and the SentencePiece models that preprocessing
  /// left there; what it lacks comes from a checkpoint.
  ///
  /// - Parameters:
  ///   - assets: what a checkpoint carries.
  ///   - verifies: whether piece models are compared with their checksums. Dictionaries are known
  ///     by their fingerprints.
  package init(
    folder: DataDirectory, languages: DataDirectory.Languages, assets: [String: [UInt8]] = [:],
    verifies: Bool = true
  ) throws {
    func dictionary(_ language: String, _ asset: String) throws -> Vocabulary {
      let isCarried = assets[asset] != nil && !folder.hasDictionary(language)
      return try isCarried
        ? Self.vocabulary(asset, in: assets) : folder.dictionary(language)
    }
    source = try dictionary(languages.source, Asset.sourceDictionary)
    target = try dictionary(languages.target, Asset.targetDictionary)
    func model(_ name: String) throws -> SentencePieceModel? {
      let path = Paths.join(folder.first, name)
      guard Paths.exists(path) else { return nil }
      if verifies { try folder.verify(name) }
      return try SentencePieceModel(contentsOf: path)
    }
    let joint = try model("sentencepiece.bpe.model")
    let carried = try Self.pieces(in: assets)
    sourcePieces =
      try model("sentencepiece.bpe.\(languages.source).model") ?? joint ?? carried.source
    targetPieces =
      try model("sentencepiece.bpe.\(languages.target).model") ?? joint ?? carried.target
    marks = try Self.marks(in: assets)
  }

  /// Reads what a checkpoint carries.
  package init(assets: [String: [UInt8]]) throws {
    source = try Self.vocabulary(Asset.sourceDictionary, in: assets)
    target = try Self.vocabulary(Asset.targetDictionary, in: assets)
    (sourcePieces, targetPieces) = try Self.pieces(in: assets)
    marks = try Self.marks(in: assets)
  }

  /// Divides source text, when it is known how.
  package var sourceTokenizer: (any Tokenizer)? { tokenizer(sourcePieces) }
  /// Divides and joins target text, when it is known how.
  package var targetTokenizer: (any Tokenizer)? { tokenizer(targetPieces) }

  private func tokenizer(_ pieces: SentencePieceModel?) -> (any Tokenizer)? {
    guard let pieces, let marks else { return pieces }
    return MarkedPieces(pieces, marks)
  }

  private static func marks(in assets: [String: [UInt8]]) throws -> PieceMarks? {
    try assets[PieceMarks.asset].map { try PieceMarks(serialized: $0) }
  }

  private static func vocabulary(
    _ name: String, in assets: [String: [UInt8]]
  ) throws -> Vocabulary {
    guard let bytes = assets[name] else {
      throw UserError(
        "the model has no dictionary '\(name)' with it: put dict.txt, or dict.src.txt and "
          + "dict.tgt.txt, beside the file")
    }
    return try Vocabulary(serialized: bytes, name: name)
  }

  private static func pieces(
    in assets: [String: [UInt8]]
  ) throws -> (source: SentencePieceModel?, target: SentencePieceModel?) {
    func model(_ name: String) throws -> SentencePieceModel? {
      try assets[name].map { try SentencePieceModel(serialized: $0) }
    }
    let joint = try model(Asset.pieces)
    return (try model(Asset.sourcePieces) ?? joint, try model(Asset.targetPieces) ?? joint)
  }

  /// What a checkpoint carries of this.
  package var assets: [String: [UInt8]] {
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
    assets[PieceMarks.asset] = marks?.serialized
    return assets
  }

  /// What identifies the dictionaries.
  package var identity: [String: String] {
    ["source dictionary": source.fingerprint, "target dictionary": target.fingerprint]
  }
}
