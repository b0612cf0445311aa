import Fairline
import FairlineFoundation

/// What is recorded beside a binarised file: the dictionary it was made with, and checksums.
///
/// The record lies in `prefix.json`; the `.bin`, `.idx` and dictionary files stay fairseq's. Data
/// that fairseq wrote has no record, and records of earlier versions have no checksums.
public struct DatasetRecord: Codable, Sendable, Equatable {
  /// A file of the data folder as it was when the record was made.
  public struct FileSum: Codable, Sendable, Equatable {
    /// The file's name in the folder.
    public var name: String
    /// The XXH64 of its bytes, in hexadecimal digits.
    public var xxh64: String
  }

  /// The fingerprint of the dictionary.
  public var dictionary: String
  /// The size of the dictionary.
  var dictionarySize: Int
  /// The number of sentences.
  public var sentences: Int
  /// The number of ids, one end symbol for each sentence included.
  public var tokens: Int
  /// The data's own two files, then what belongs to them: dictionary, SentencePiece model.
  public var files: [FileSum]?
  /// What both sides of a pair have in common, and no other pair of files.
  public var pair: String?

  /// Describes a binarised file.
  public init(vocabulary: Vocabulary, sentences: Int, tokens: Int) {
    dictionary = vocabulary.fingerprint
    dictionarySize = vocabulary.count
    self.sentences = sentences
    self.tokens = tokens
  }

  /// Adds the checksums of files; those that do not exist are left out.
  mutating func add(_ paths: [String]) throws {
    for path in paths where Paths.isFile(path) {
      let sum = FileSum(name: Paths.name(path), xxh64: Self.sum(of: try MappedFile(path)))
      files = (files ?? []).filter { $0.name != sum.name } + [sum]
    }
  }

  func save(prefix: String) throws {
    let file = try FileWriter(prefix + ".json")
    try file.write(Array((JSONValue(encoding: self).prettyText + "\n").utf8))
    try file.finish()
  }

  /// Reads the record of a prefix; nil where there is none.
  static func read(prefix: String) throws -> DatasetRecord? {
    let path = prefix + ".json"
    guard Paths.isFile(path) else { return nil }
    let record = try? readBytes(of: path).withUnsafeBytes { bytes in
      try JSONValue(parsing: bytes).decoded(as: DatasetRecord.self)
    }
    guard let record else {
      throw UserError("'\(path)' is damaged; run fairline-preprocess again, or remove it")
    }
    return record
  }

  /// Checks that a dictionary is the one that the data at `prefix` was made with.
  func check(_ vocabulary: Vocabulary, prefix: String) throws {
    guard dictionary == vocabulary.fingerprint else {
      throw UserError(
        "'\(prefix).bin' was binarised with another dictionary (\(dictionarySize) symbols, "
          + "fingerprint \(dictionary)) than the one given (\(vocabulary.count) symbols, "
          + "\(vocabulary.fingerprint)); restore that dictionary or run fairline-preprocess again")
    }
  }

  /// Whether the record has the checksum of a file.
  func mentions(_ name: String) -> Bool { files?.contains { $0.name == name } ?? false }

  /// Checks the bytes of a file that the record knows.
  ///
  /// - Parameter isOwn: whether it is the data's own `.bin` or `.idx`, which may have another name
  ///   by now, that of a link for example.
  func verify(_ file: MappedFile, isOwn: Bool = false) throws {
    let name = Paths.name(file.path)
    let own = isOwn ? files?.prefix(2).first { $0.name.suffix(4) == name.suffix(4) } : nil
    guard let known = own ?? files?.first(where: { $0.name == name }) else { return }
    guard Self.sum(of: file) == known.xxh64 else {
      throw UserError(
        "'\(file.path)' is damaged or was changed: its checksum is not the one that its record "
          + "has; run fairline-preprocess again")
    }
  }

  /// Checks the files that lie beside the data and belong to it, where they still are.
  func verifySideFiles(prefix: String) throws {
    for known in (files ?? []).dropFirst(2) {
      let path = Paths.join(Paths.folder(prefix), known.name)
      if Paths.isFile(path) { try verify(try MappedFile(path)) }
    }
  }

  private static func sum(of file: MappedFile) -> String {
    XXH64.text(file.withBytes { XXH64.hash($0) })
  }
}

extension DatasetRecord {
  /// Gives the records of one split's sides a common identity and the sums of their side files.
  ///
  /// - Parameter sides: the prefix of each side, and the paths of what belongs to it.
  static func complete(_ sides: [(prefix: String, sideFiles: [String])]) throws {
    var records: [DatasetRecord] = []
    for side in sides {
      guard var record = try read(prefix: side.prefix) else { return }
      try record.add(side.sideFiles)
      records.append(record)
    }
    let all = records.flatMap { $0.files ?? [] }.map { "\($0.name) \($0.xxh64)\n" }.joined()
    let identity = Array(all.utf8).withUnsafeBytes { XXH64.text(XXH64.hash($0)) }
    for (side, var record) in zip(sides, records) {
      if sides.count > 1 { record.pair = identity }
      try record.save(prefix: side.prefix)
    }
  }
}
