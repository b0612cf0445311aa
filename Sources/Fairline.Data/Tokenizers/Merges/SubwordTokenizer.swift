import Fairline
import FairlineFoundation

/// The settings of the tokenizers `subword_nmt` and `fastbpe`.
struct SubwordSettings: Configuration, Equatable {
  /// The file of codes.
  var bpeCodes: String?
  /// What ends a unit that the next one continues.
  var bpeSeparator = "@@"

  /// The defaults.
  init() {}

  /// The flags.
  static var options: [Option<Self>] {
    [
      Option("bpe-codes", \.bpeCodes, "file of codes that subword-nmt or fastBPE learnt"),
      Option("bpe-separator", \.bpeSeparator, "what ends a unit that the next one continues"),
    ]
  }
}

/// Divides words by codes of subword-nmt or fastBPE: `low@@ er`.
struct SubwordTokenizer: Tokenizer {
  private let codes: SubwordCodes?
  private let table: MergeTable
  private let separator: String
  private let name: String
  private let cache = WordCache()

  /// Reads the codes; without any, units are joined but no line is divided.
  init(_ settings: SubwordSettings, name: String) throws {
    codes = try settings.bpeCodes.map { try SubwordCodes(contentsOf: $0) }
    table = MergeTable(codes?.pairs ?? [])
    guard !settings.bpeSeparator.isEmpty, !settings.bpeSeparator.utf8.contains(0x20) else {
      throw UserError("--bpe-separator is a text without spaces, as '@@'")
    }
    (separator, self.name) = (settings.bpeSeparator, name)
  }

  /// The units of a line's words; spaces at both ends stay.
  func units(of line: String) throws -> String {
    guard let codes else {
      throw UserError("--bpe \(name) needs --bpe-codes to divide text")
    }
    let bytes = Array(line.utf8)
    let isSpace = { (byte: UInt8) in byte == 0x20 || byte == 0x0D || byte == 0x0A }
    guard let first = bytes.firstIndex(where: { !isSpace($0) }),
      let last = bytes.lastIndex(where: { !isSpace($0) })
    else { return line }
    let units = bytes[first...last].split(separator: 0x20).map { word in
      cache.value(of: Array(word)) { divide($0, codes) }
    }
    let text = { (part: ArraySlice<UInt8>) in String(decoding: part, as: UTF8.self) }
    return text(bytes[..<first]) + units.joined(separator: " ") + text(bytes[(last + 1)...])
  }

  /// The units of a word, with a space between two.
  private func divide(_ word: [UInt8], _ codes: SubwordCodes) -> String {
    let symbols = codes.units(of: word, table)
    return String(
      decoding: Array(symbols.joined(separator: (separator + " ").utf8)), as: UTF8.self)
  }

  /// Joins units that the separator ends with the next one.
  func text(of units: String) -> String {
    PostProcessing.subwordNMT(marker: separator + " ").apply(to: units)
  }

  /// As `--post-process '@@ '`, with the separator.
  var postProcessing: PostProcessing? { .subwordNMT(marker: separator + " ") }
}
