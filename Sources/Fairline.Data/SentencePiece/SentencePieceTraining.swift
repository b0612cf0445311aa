internal import CSentencePiece
import FairlineFoundation
import Foundation

/// How a SentencePiece model is learnt from text.
public struct SentencePieceTraining: Codable, Sendable, Equatable {
  /// The algorithm that chooses the pieces.
  public enum Kind: String, Codable, Sendable, CaseIterable {
    /// Byte-pair encoding: merges the most frequent pairs.
    case bpe
    /// A unigram language model over pieces.
    case unigram
  }

  /// The number of pieces.
  public var vocabularySize: Int
  /// The algorithm.
  public var kind: Kind
  /// The share of the text's characters that get a piece of their own; the rest is unknown.
  public var characterCoverage: Double
  /// Lines used at most, taken at even distances; bounds the memory of training.
  public var lineLimit: Int

  /// Creates settings.
  public init(
    vocabularySize: Int = 8000, kind: Kind = .bpe, characterCoverage: Double = 1,
    lineLimit: Int = 4_000_000
  ) {
    self.vocabularySize = vocabularySize
    self.kind = kind
    self.characterCoverage = characterCoverage
    self.lineLimit = lineLimit
  }
}

extension SentencePieceModel {
  /// Learns a model from the lines of text files; the same files give the same bytes.
  ///
  /// - Throws: a `UserError` when a file is no UTF-8 text, or when the text is too small for the
  ///   number of pieces.
  public static func train(
    on paths: [String], _ training: SentencePieceTraining = SentencePieceTraining()
  ) throws -> SentencePieceModel {
    let total = try paths.map { try TextFile($0).lineCount() }.reduce(0, +)
    let limit = max(1, training.lineLimit)
    let lines = TrainingLines(paths, every: max(1, (total + limit - 1) / limit))
    return try train(lines, training, name: paths.joined(separator: "', '"))
  }

  private static func train(
    _ lines: TrainingLines, _ training: SentencePieceTraining, name: String
  ) throws -> SentencePieceModel {
    let options = [
      ("vocab_size", String(training.vocabularySize)),
      ("model_type", training.kind.rawValue),
      ("character_coverage", String(training.characterCoverage)),
      ("num_threads", "4"),  // a constant: the pieces must not depend on the machine
      ("minloglevel", "3"),
    ]
    let names = options.map { UnsafePointer(strdup($0.0)) }
    let values = options.map { UnsafePointer(strdup($0.1)) }
    defer { for text in names + values { free(UnsafeMutablePointer(mutating: text)) } }
    var count = 0
    var message: UnsafeMutablePointer<CChar>?
    let bytes = fl_sp_train(
      names, values, options.count, Unmanaged.passUnretained(lines).toOpaque(), TrainingLines.next,
      &count, &message)
    if let failure = lines.failure { throw failure }
    guard let bytes else {
      let reason = lines.isEmpty ? "the text is empty" : take(message)
      throw UserError(
        "cannot train SentencePiece on '\(name)': \(reason); "
          + "change --sentencepiece-vocab-size (\(training.vocabularySize)) or the text")
    }
    defer { fl_sp_free(bytes) }
    return try SentencePieceModel(
      serialized: Array(UnsafeRawBufferPointer(start: bytes, count: count)))
  }
}

/// The lines of several files, one at a time, as the library's trainer pulls them.
private final class TrainingLines {
  private(set) var failure: (any Error)?
  private(set) var isEmpty = true
  private var paths: [String]
  private let stride: Int
  private var reader: TextBlockReader?
  private var pending: [[UInt8]] = []  // the last one comes first
  private var number = 0

  init(_ paths: [String], every stride: Int) {
    self.paths = paths.reversed()
    self.stride = stride
  }

  static let next: fl_sp_next_line = { context, take, sink in
    guard let context, let take else { return false }
    let lines = Unmanaged<TrainingLines>.fromOpaque(context).takeUnretainedValue()
    do {
      guard let line = try lines.nextLine() else { return false }
      line.withUnsafeBytes {
        take(sink, $0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count, 0)
      }
      return true
    } catch {
      lines.failure = error
      return false
    }
  }

  private func nextLine() throws -> [UInt8]? {
    while true {
      while let line = pending.popLast() {
        number += 1
        if line.isEmpty || !number.isMultiple(of: stride) { continue }
        isEmpty = false
        return line
      }
      guard try loadBlock() else { return nil }
    }
  }

  private func loadBlock() throws -> Bool {
    while true {
      if let block = try reader?.next() {
        try block.forEachLine { pending.append(Array($0)) }
        pending.reverse()
        return true
      }
      guard let path = paths.popLast() else { return false }
      reader = try TextBlockReader(path, blockSize: 1 << 20)
    }
  }
}
