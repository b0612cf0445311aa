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
  /// The most bytes of a line that is learnt from; longer ones are left out.
  public var longestLine: Int

  /// What the library takes, when nothing else is said.
  public static let usualLongestLine = 4192

  /// Creates settings.
  public init(
    vocabularySize: Int = 8000, kind: Kind = .bpe, characterCoverage: Double = 1,
    lineLimit: Int = 4_000_000, longestLine: Int = Self.usualLongestLine
  ) {
    self.vocabularySize = vocabularySize
    self.kind = kind
    self.characterCoverage = characterCoverage
    self.lineLimit = lineLimit
    self.longestLine = longestLine
  }
}

extension SentencePieceModel {
  /// Learns a model from the lines of text files; the same files give the same bytes.
  ///
  /// - Parameter note: receives sentences about lines that are left out.
  /// - Throws: a `UserError` when a file is no UTF-8 text, or when the text is too small for the
  ///   number of pieces.
  public static func train(
    on paths: [String], _ training: SentencePieceTraining = SentencePieceTraining(),
    note: (String) -> Void = { _ in }
  ) throws -> SentencePieceModel {
    let total = try paths.map { try TextFile($0).lineCount() }.reduce(0, +)
    let limit = max(1, training.lineLimit)
    let stride = max(1, (total + limit - 1) / limit)
    let lines = TrainingLines(paths, every: stride, longest: training.longestLine)
    if stride > 1 { note("SentencePiece learns from every line of \(stride), of \(total)") }
    let model = try train(lines, training, name: paths.joined(separator: "', '"))
    if let sentence = lines.omissions(training) {
      note("SentencePiece learnt without \(sentence)")
    }
    return model
  }

  private static func train(
    _ lines: TrainingLines, _ training: SentencePieceTraining, name: String
  ) throws -> SentencePieceModel {
    var options = [
      ("vocab_size", String(training.vocabularySize)),
      ("model_type", training.kind.rawValue),
      ("character_coverage", String(training.characterCoverage)),
      ("num_threads", "4"),  // a constant: the pieces must not depend on the machine
      ("minloglevel", "3"),
    ]
    // Shorter limits are kept before; the usual one would only be written into the model.
    if training.longestLine > SentencePieceTraining.usualLongestLine {
      options.append(("max_sentence_length", String(training.longestLine)))
    }
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
      if lines.isEmpty, let sentence = lines.omissions(training) {
        throw UserError("cannot train SentencePiece on '\(name)' without \(sentence)")
      }
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
  private let longest: Int
  private var taken = 0
  private var (tooLong, reserved) = (0, 0)

  init(_ paths: [String], every stride: Int, longest: Int) {
    self.paths = paths.reversed()
    self.stride = stride
    self.longest = longest
  }

  /// The sentence about lines that are not learnt from, which the library would leave out without
  /// a word; nil when there are none.
  func omissions(_ training: SentencePieceTraining) -> String? {
    let parts = [
      tooLong == 0
        ? nil
        : "\(tooLong) lines of more than \(training.longestLine) bytes (raise "
          + "--sentencepiece-max-sentence-length, or divide the text into sentences)",
      reserved == 0
        ? nil : "\(reserved) lines with U+2585, which SentencePiece keeps for itself",
    ].compactMap(\.self)
    guard !parts.isEmpty else { return nil }
    return parts.joined(separator: " and ") + ", of \(taken + tooLong + reserved)"
  }

  /// Whether the library would take a line.
  private func isTaken(_ line: [UInt8]) -> Bool {
    if line.count > longest {
      tooLong += 1
    } else if Self.holdsReserved(line) {
      reserved += 1
    } else {
      taken += 1
      return true
    }
    return false
  }

  private static func holdsReserved(_ line: [UInt8]) -> Bool {
    line.indices.contains { line[$0] == 0xE2 && line[$0...].starts(with: [0xE2, 0x96, 0x85]) }
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
        if line.isEmpty || !number.isMultiple(of: stride) || !isTaken(line) { continue }
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
