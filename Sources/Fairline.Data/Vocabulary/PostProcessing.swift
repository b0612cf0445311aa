import FairlineFoundation

/// How a line of subword units becomes words again: the values of `--post-process`.
public enum PostProcessing: Sendable, Equatable {
  /// The text stays as it is.
  case none
  /// A marker such as `@@ ` joins a unit to the next one (subword-nmt).
  case subwordNMT(marker: String)
  /// U+2581 begins a word (SentencePiece).
  case sentencepiece
  /// `_` begins a word.
  case wordpiece
  /// Letters, with `|` between words.
  case letter
  /// `_EOW` ends a word.
  case endOfWord
  /// `<SIL>` marks silence and disappears.
  case silence

  /// Finds the kind with fairseq's name.
  ///
  /// - Throws: a `UserError` naming the known kinds.
  public init(_ name: String) throws {
    switch name {
    case "none": self = .none
    case "subword_nmt", "@@ ": self = .subwordNMT(marker: "@@ ")
    case "@@": self = .subwordNMT(marker: "@@")
    case "sentencepiece": self = .sentencepiece
    case "wordpiece": self = .wordpiece
    case "letter": self = .letter
    case "_EOW": self = .endOfWord
    case "silence": self = .silence
    default:
      throw UserError(
        "--post-process: unknown kind '\(name)'; known: subword_nmt, '@@ ', '@@', sentencepiece, "
          + "wordpiece, letter, _EOW, silence, none")
    }
  }

  /// Joins the units of a line.
  public func apply(to line: String) -> String {
    switch self {
    case .none: line
    case .subwordNMT(let marker):
      Self.edit(line + " ", trimming: .end) { $0.replacing(marker, by: "") }
    case .sentencepiece: Self.joinUnits(of: line, wordsMarkedBy: "\u{2581}")
    case .wordpiece: Self.joinUnits(of: line, wordsMarkedBy: "_")
    case .letter: Self.joinUnits(of: line, wordsMarkedBy: "|")
    case .endOfWord: Self.joinUnits(of: line, wordsMarkedBy: "_EOW")
    case .silence:
      Self.edit(line, trimming: .both) { $0.replacing("<SIL>", by: "").collapsingSpaces() }
    }
  }

  private static func joinUnits(of line: String, wordsMarkedBy marker: String) -> String {
    edit(line, trimming: .both) { $0.replacing(" ", by: "").replacing(marker, by: " ") }
  }

  private enum Side { case end, both }

  private static func edit(
    _ line: String, trimming side: Side, _ change: ([UInt8]) -> [UInt8]
  ) -> String {
    let bytes = change(Array(line.utf8))
    return bytes.withUnsafeBufferPointer { buffer in
      let trimmed = buffer.dropLast(Words.trailingSpace(of: buffer))
      let start = side == .both ? leadingSpace(of: trimmed) : 0
      return String(decoding: trimmed.dropFirst(start), as: UTF8.self)
    }
  }

  private static func leadingSpace(of line: Slice<UnsafeBufferPointer<UInt8>>) -> Int {
    let line = UnsafeBufferPointer(rebasing: line)
    var index = 0
    while index < line.count {
      let length = Words.isASCIISpace(line[index]) ? 1 : Words.wideSpaceLength(line, at: index)
      if length == 0 { break }
      index += length
    }
    return index
  }
}

extension [UInt8] {
  fileprivate func replacing(_ old: String, by new: String) -> [UInt8] {
    let old = Array(old.utf8)
    guard !old.isEmpty else { return self }
    var result: [UInt8] = []
    result.reserveCapacity(count)
    var index = 0
    while index < count {
      if self[index] == old[0], self[index...].starts(with: old) {
        result += new.utf8
        index += old.count
      } else {
        result.append(self[index])
        index += 1
      }
    }
    return result
  }

  fileprivate func collapsingSpaces() -> [UInt8] {
    var result: [UInt8] = []
    for byte in self where byte != 0x20 || result.last != 0x20 { result.append(byte) }
    return result
  }
}
