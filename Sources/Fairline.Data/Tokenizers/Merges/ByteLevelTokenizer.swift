import Fairline
import FairlineFoundation

/// Divides the bytes of text by pairs and gives numbers of a vocabulary, as GPT-2 does (Radford and
/// others, 2019): fairseq's `gpt2` and `hf_byte_bpe`.
struct ByteLevelTokenizer: Tokenizer {
  private let table: MergeTable
  private let numbers: [String: Int]
  private let symbols: [Int: String]
  private let addsSpace: Bool
  private let cache = WordCache()

  /// Reads both files.
  ///
  /// - Parameters:
  ///   - vocabulary: the JSON file of numbers by symbol.
  ///   - merges: the text file of pairs, whose first line may be a version.
  ///   - addsSpace: whether text that does not begin with a space gets one before it.
  init(vocabulary: String, merges: String, addsSpace: Bool) throws {
    let bytes = try readBytes(of: vocabulary)
    guard case .object(let entries)? = try? bytes.withUnsafeBytes({ try JSONValue(parsing: $0) })
    else { throw UserError("'\(vocabulary)' is no JSON object of numbers by symbol") }
    var numbers: [String: Int] = [:]
    for (symbol, value) in entries {
      guard case .integer(let number) = value, number >= 0 else {
        throw UserError("'\(vocabulary)' has no number for the symbol '\(symbol)'")
      }
      numbers[symbol] = number
    }
    self.numbers = numbers
    symbols = Dictionary(numbers.map { ($1, $0) }) { first, _ in first }
    table = MergeTable(try Self.pairs(of: merges))
    self.addsSpace = addsSpace
  }

  private static func pairs(of path: String) throws -> [MergeTable.Pair] {
    var (pairs, number) = ([MergeTable.Pair](), 0)
    try TextFile(path).forEachLine { line in
      number += 1
      if line.isEmpty || number == 1 && line.hasPrefix("#version") { return }
      let fields = line.utf8.split(separator: 0x20).map(Array.init)
      guard fields.count == 2 else {
        throw UserError("'\(path)', line \(number): '\(line.prefix(60))' is no pair of symbols")
      }
      pairs.append(MergeTable.Pair(first: fields[0], second: fields[1]))
    }
    return pairs
  }

  func units(of line: String) throws -> String {
    let first = line.unicodeScalars.first
    let needsSpace = addsSpace && first != nil && first != " "
    return try WordPattern.parts(of: needsSpace ? " " + line : line)
      .map { part in try cache.value(of: Array(part.utf8), numbers(of:)) }
      .joined(separator: " ")
  }

  /// The numbers of a part of text, with a space between two.
  private func numbers(of part: [UInt8]) throws -> String {
    let characters = ByteCharacters.gpt2.text(of: part)
    return try table.merge(MergeTable.characters(of: characters.utf8)).map { symbol in
      let symbol = String(decoding: symbol, as: UTF8.self)
      guard let number = numbers[symbol] else {
        throw UserError("the vocabulary of --bpe has no number for '\(symbol)'")
      }
      return "\(number)"
    }.joined(separator: " ")
  }

  /// The text of numbers; other units, such as `<unk>`, stand for themselves.
  func text(of units: String) -> String {
    var bytes: [UInt8] = []
    for unit in units.utf8.split(separator: 0x20) {
      let unit = String(decoding: unit, as: UTF8.self)
      let symbol = Int(unit).flatMap { symbols[$0] } ?? unit
      bytes += ByteCharacters.gpt2.bytes(of: symbol.unicodeScalars) ?? Array(symbol.utf8)
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// The settings of the tokenizer `gpt2`.
struct GPT2Settings: Configuration, Equatable {
  /// The file of numbers.
  var gpt2EncoderJson: String?
  /// The file of pairs.
  var gpt2VocabBpe: String?

  static var options: [Option<Self>] {
    [
      Option("gpt2-encoder-json", \.gpt2EncoderJson, "GPT-2's file of numbers: encoder.json"),
      Option("gpt2-vocab-bpe", \.gpt2VocabBpe, "GPT-2's file of pairs: vocab.bpe"),
    ]
  }

  /// The tokenizer of these files.
  func tokenizer() throws -> ByteLevelTokenizer {
    guard let gpt2EncoderJson, let gpt2VocabBpe else {
      throw UserError("--bpe gpt2 needs --gpt2-encoder-json and --gpt2-vocab-bpe")
    }
    return try ByteLevelTokenizer(
      vocabulary: gpt2EncoderJson, merges: gpt2VocabBpe, addsSpace: false)
  }
}

/// The settings of the tokenizer `hf_byte_bpe`.
struct ByteLevelSettings: Configuration, Equatable {
  /// The file of numbers.
  var bpeVocab: String?
  /// The file of pairs.
  var bpeMerges: String?
  /// Whether text gets a space before it.
  var bpeAddPrefixSpace = false

  static var options: [Option<Self>] {
    [
      Option("bpe-vocab", \.bpeVocab, "file of numbers by symbol: vocab.json"),
      Option("bpe-merges", \.bpeMerges, "file of pairs: merges.txt"),
      Option("bpe-add-prefix-space", \.bpeAddPrefixSpace, "put a space before text"),
    ]
  }

  /// The tokenizer of these files.
  func tokenizer() throws -> ByteLevelTokenizer {
    guard let bpeVocab, let bpeMerges else {
      throw UserError("--bpe hf_byte_bpe needs --bpe-vocab and --bpe-merges")
    }
    return try ByteLevelTokenizer(
      vocabulary: bpeVocab, merges: bpeMerges, addsSpace: bpeAddPrefixSpace)
  }
}
