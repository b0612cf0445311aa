import Fairline

/// What is recorded beside a binarised file: the dictionary it was made with.
///
/// The record lies in `prefix.json`; the `.bin`, `.idx` and dictionary files stay fairseq's.
public struct DatasetRecord: Codable, Sendable, Equatable {
  /// The fingerprint of the dictionary.
  public var dictionary: String
  /// The size of the dictionary.
  public var dictionarySize: Int
  /// The number of sentences.
  public var sentences: Int
  /// The number of ids, one end symbol for each sentence included.
  public var tokens: Int

  /// Describes a binarised file.
  public init(vocabulary: Vocabulary, sentences: Int, tokens: Int) {
    dictionary = vocabulary.fingerprint
    dictionarySize = vocabulary.count
    self.sentences = sentences
    self.tokens = tokens
  }

  func save(prefix: String) throws {
    let file = try FileWriter(prefix + ".json")
    try file.write(Array((JSONValue(encoding: self).prettyText + "\n").utf8))
    try file.finish()
  }

  /// Checks that a dictionary is the one that the data at `prefix` was made with.
  ///
  /// Data without a record, as fairseq writes it, passes.
  static func check(_ vocabulary: Vocabulary, prefix: String) throws {
    let path = prefix + ".json"
    guard Paths.isFile(path) else { return }
    guard
      let record = try? readBytes(of: path).withUnsafeBytes({ bytes in
        try JSONValue(parsing: bytes).decoded(as: DatasetRecord.self)
      })
    else {
      throw UserError("'\(path)' is damaged; run fairline-preprocess again, or remove it")
    }
    guard record.dictionary == vocabulary.fingerprint else {
      throw UserError(
        "'\(prefix).bin' was binarised with another dictionary (\(record.dictionarySize) symbols, "
          + "fingerprint \(record.dictionary)) than the one given (\(vocabulary.count) symbols, "
          + "\(vocabulary.fingerprint)); restore that dictionary or run fairline-preprocess again")
    }
  }
}
