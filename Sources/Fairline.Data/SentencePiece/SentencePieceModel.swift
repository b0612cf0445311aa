internal import CSentencePiece
import FairlineFoundation
import Foundation

/// A SentencePiece model: turns plain text into subword pieces and back.
///
/// A model never changes after loading, so threads share one.
public final class SentencePieceModel: @unchecked Sendable {  // the library's const calls only
  /// The bytes of the model file.
  public let serialized: [UInt8]
  private let model: OpaquePointer
  let unknownRuns: UnknownRuns

  /// Loads a model file.
  ///
  /// - Throws: a `UserError` naming the file that is missing or no model.
  public convenience init(contentsOf path: String) throws {
    do {
      try self.init(serialized: readBytes(of: path))
    } catch let error as Unreadable {
      throw UserError(
        "'\(path)' is not a SentencePiece model (\(error.reason)); give the .model file")
    }
  }

  /// Loads a model from the bytes of its file.
  public init(serialized: [UInt8]) throws {
    guard ModelTraits(serialized: serialized).hasSoundRules else {
      throw Unreadable(reason: "its rules of normalization are damaged")
    }
    var message: UnsafeMutablePointer<CChar>?
    let loaded = serialized.withUnsafeBytes {
      fl_sp_load($0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count, &message)
    }
    guard let loaded else { throw Unreadable(reason: Self.take(message)) }
    model = loaded
    self.serialized = serialized
    unknownRuns = UnknownRuns(serialized: serialized)
    guard fl_sp_piece_count(loaded) > 0 else {
      throw Unreadable(reason: "it has no pieces")
    }
  }

  deinit {
    fl_sp_release(model)
  }

  /// Bytes that are no model.
  struct Unreadable: Error, CustomStringConvertible {
    let reason: String
    var description: String { "not a SentencePiece model: \(reason)" }
  }

  /// Writes the model file.
  public func save(to path: String) throws {
    let file = try FileWriter(path)
    try file.write(serialized)
    try file.finish()
  }

  /// The number of pieces.
  public var pieceCount: Int { Int(fl_sp_piece_count(model)) }

  /// The id of the unknown piece.
  package var unknownId: Int { Int(fl_sp_unknown_id(model)) }

  /// The text of a piece.
  public func piece(_ id: Int) -> String {
    precondition(id >= 0 && id < pieceCount, "piece id out of range")
    var count = 0
    let bytes = fl_sp_piece(model, Int32(id), &count)
    return Self.text(bytes, count)
  }

  /// The id of a piece; the unknown id when the model has no such piece.
  public func id(of piece: String) -> Int {
    var piece = piece
    return piece.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) {
        Int(fl_sp_piece_id(model, $0.baseAddress, $0.count))
      }
    }
  }

  /// Whether a piece stands for text, and not for unknown text or a control symbol.
  public func isOrdinary(_ id: Int) -> Bool {
    precondition(id >= 0 && id < pieceCount, "piece id out of range")
    return fl_sp_is_ordinary(model, Int32(id))
  }

  static func text(_ bytes: UnsafePointer<CChar>?, _ count: Int) -> String {
    let raw = UnsafeRawBufferPointer(start: bytes, count: bytes == nil ? 0 : count)
    return String(decoding: raw, as: UTF8.self)
  }

  /// Takes over a message of the library: its last, readable part.
  static func take(_ message: UnsafeMutablePointer<CChar>?) -> String {
    guard let message else { return "out of memory" }
    defer { fl_sp_free(message) }
    let text = String(cString: message)
    // "./src/file.cc(123) [condition] Sentence." keeps the sentence, or else the condition.
    guard text.hasPrefix("./src/"), let start = text.range(of: "] ")?.upperBound else {
      return text
    }
    let sentence = text[start...]
    return String(sentence.isEmpty ? text.drop { $0 != "[" } : sentence)
  }

  /// Runs a call of the library on the model.
  func call(_ body: (OpaquePointer, inout UnsafeMutablePointer<CChar>?) -> Bool) throws {
    var message: UnsafeMutablePointer<CChar>?
    guard body(model, &message) else {
      throw UserError("SentencePiece failed: \(Self.take(message))")
    }
  }
}
