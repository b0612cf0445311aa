import Fairline
import FairlineData
import FairlineFoundation

extension Shortlist {
  /// Opens a shortlist for a task, of Fairline's or of Marian's, as its content tells.
  ///
  /// Marian's may be its binary file or a lexicon in text; gzip, zstd or xz may have compressed
  /// both. Of a lexicon 100 translations of a symbol are kept, and 100 frequent symbols are added.
  ///
  /// - Throws: `UserError` when the file is no shortlist, is damaged, or does not fit the task.
  public init(contentsOf path: String, for task: any GenerationTask) throws {
    try self.init(contentsOf: path, for: task, limits: LexiconLimits())
  }

  /// Opens a shortlist for a task.
  ///
  /// - Parameter limits: what is taken from a lexicon in text.
  package init(
    contentsOf path: String, for task: any GenerationTask, limits: LexiconLimits
  ) throws {
    let file = try MappedFile(path)
    let beginning = try Self.beginning(of: file)
    if MarianShortlistFile.begins(beginning) {
      self = try MarianShortlistFile(file).shortlist(for: task)
    } else if beginning.prefix(8).contains(0) {
      // A safetensors file begins with the length of its header in eight bytes.
      self = try Shortlist(contentsOf: path)
      try check(against: task, path: path)
    } else {
      self = try MarianLexicon(path, task.text, limits).shortlist(for: task)
    }
  }

  /// The first bytes of a file, decompressed.
  private static func beginning(of file: MappedFile) throws -> [UInt8] {
    Array(try file.decompressor().next().prefix(8))
  }
}

extension MappedFile {
  private static let pieceSize = 1 << 16

  /// What reads the file from its beginning, decompressed.
  func decompressor() -> Decompressor {
    var place = 0
    return Decompressor(path) { [self] in
      let end = min(place + Self.pieceSize, bytes.count)
      defer { place = end }
      return Array(bytes[place..<end])
    }
  }
}

extension Shortlist {
  /// Marian adds the symbols of the source where both sides have one dictionary, and further
  /// frequent symbols until there is a multiple of eight, which its products of matrices need.
  static func additions(frequent: Int, _ text: TaskText) -> Additions {
    var additions = Additions()
    additions.source = text.source == text.target
    additions.multiple = 8
    additions.next = Int32(clamping: frequent + 2)
    return additions
  }

  /// The symbols that Marian gives the first numbers: the end, the unknown symbol, then ordinary
  /// ones in their order.
  static func first(_ count: Int, of symbols: Int) -> [Int32] {
    let limit = min(count + 2, symbols)
    return limit > 2 ? (2..<Int32(limit)).map { $0 } : []
  }
}
