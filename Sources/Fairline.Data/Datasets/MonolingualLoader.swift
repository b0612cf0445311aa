import FairlineFoundation

/// Finds and opens the files of text in one language, as `fairline-preprocess --only-source`
/// without a language writes them.
public struct MonolingualLoader: Sendable {
  /// The dictionary.
  public var vocabulary: Vocabulary
  /// How data is stored; nil looks at the files.
  public var kind: DatasetKind?
  /// Whether checksums are compared; false reads files as they are.
  public var verifies = true

  /// Prepares loading.
  public init(vocabulary: Vocabulary) { self.vocabulary = vocabulary }

  /// Opens a subset of a folder.
  ///
  /// - Parameter combine: joins `train`, `train1`, `train2`, ... as far as they exist.
  /// - Throws: a `UserError` when the subset is missing or damaged, or was made with another
  ///   dictionary.
  public func load(
    _ subset: String, in folder: String, combine: Bool = false
  ) throws -> any TokenSequences {
    var parts: [any TokenSequences] = []
    while combine || parts.isEmpty {
      let name = parts.isEmpty ? subset : "\(subset)\(parts.count)"
      guard contains(name, in: folder) else { break }
      parts.append(
        try SequenceFile(prefix: Paths.join(folder, name), kind: kind, verifies: verifies)
          .open(vocabulary))
    }
    guard !parts.isEmpty else { throw missing(subset, in: folder) }
    return parts.count == 1 ? parts[0] : ConcatenatedSequences(parts)
  }

  /// Whether a folder has a subset.
  public func contains(_ subset: String, in folder: String) -> Bool {
    DatasetKind.detect(prefix: Paths.join(folder, subset)) != nil
  }

  private func missing(_ subset: String, in folder: String) -> UserError {
    let names = (try? Paths.names(in: folder)) ?? []
    let hasLanguage = names.contains { $0.hasPrefix(subset + ".") && $0.hasSuffix(".bin") }
    let remedy =
      hasLanguage
      ? "its files name languages, so run fairline-preprocess --only-source without --source-lang"
      : "check the subset and the data folder"
    return UserError("data set not found: there is no '\(subset)' in '\(folder)'; \(remedy)")
  }
}
