import Fairline
public import FairlineData
import Foundation

/// A dictionary and the model that divides text into its symbols, from a data folder or a
/// checkpoint.
public struct LanguageVocabulary: Sendable {
  /// The dictionary.
  public let symbols: Vocabulary
  /// Divides text, when it is known how.
  public let pieces: SentencePieceModel?

  /// The names of what a checkpoint carries.
  private enum Asset {
    static let dictionary = "dict"
    static let pieces = "spm.model"
  }

  /// Reads `dict.txt` of a data folder, and the SentencePiece model that preprocessing left there.
  ///
  /// - Parameter verifies: whether both are compared with their checksums, where there are any.
  init(folder: DataDirectory, verifies: Bool) throws {
    let name = "sentencepiece.bpe.model"
    if verifies { for file in ["dict.txt", name] { try folder.verify(file) } }
    symbols = try folder.dictionary(nil)
    let path = Paths.join(folder.first, name)
    pieces = Paths.exists(path) ? try SentencePieceModel(contentsOf: path) : nil
  }

  /// Reads what a checkpoint carries.
  init(assets: [String: [UInt8]]) throws {
    guard let bytes = assets[Asset.dictionary] else {
      throw UserError("the model has no dictionary with it: put dict.txt beside the file")
    }
    symbols = try Vocabulary(serialized: bytes, name: Asset.dictionary)
    pieces = try assets[Asset.pieces].map { try SentencePieceModel(serialized: $0) }
  }

  /// What a checkpoint carries of this.
  var assets: [String: [UInt8]] {
    var assets = [Asset.dictionary: symbols.serialized]
    assets[Asset.pieces] = pieces?.serialized
    return assets
  }

  /// What identifies the dictionary.
  var identity: [String: String] { ["dictionary": symbols.fingerprint] }
}
