import FairlineFoundation

/// The stored sentences of one side.
struct SequenceFile {
  /// The path without ending.
  let prefix: String
  /// How they are stored; nil looks at the files.
  let kind: DatasetKind?
  /// Whether checksums are compared.
  let verifies: Bool

  /// Opens them.
  ///
  /// - Throws: a `UserError` when they are damaged, or were made with another dictionary.
  func open(_ vocabulary: Vocabulary) throws -> any TokenSequences {
    switch kind ?? DatasetKind.detect(prefix: prefix) {
    case .raw: return try RawTextDataset(path: prefix, vocabulary: vocabulary)
    case .mmap, .lazy, .cached, nil:
      let record = try DatasetRecord.read(prefix: prefix)
      try record?.check(vocabulary, prefix: prefix)
      if verifies { try record?.verifySideFiles(prefix: prefix) }
      return try IndexedDataset(
        prefix: prefix, vocabularySize: vocabulary.count, record: verifies ? record : nil)
    }
  }
}
