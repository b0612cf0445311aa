import FairlineFoundation

/// Finds and opens the files of a language pair.
public struct LanguagePairLoader: Sendable {
  /// The languages.
  public var languages: DataDirectory.Languages
  /// The source dictionary.
  package var sourceVocabulary: Vocabulary
  /// The target dictionary.
  var targetVocabulary: Vocabulary
  /// How data is stored; nil looks at the files.
  public var kind: DatasetKind?
  /// Cuts sources to this many tokens, the end symbol included; nil cuts none.
  public var truncateSource: Int?
  /// How often the first file of a combined subset occurs.
  public var upsamplePrimary = 1
  /// Whether both sides must be there; false takes sources alone where there are no targets.
  public var needsTargets = true

  /// Whether alignments are read where a subset has them.
  public var loadsAlignments = false

  /// Whether checksums are compared; false reads files as they are.
  package var verifies = true
  /// Receives sentences for the user.
  public var note: @Sendable (String) -> Void = { _ in }

  /// Prepares loading.
  public init(
    languages: DataDirectory.Languages, source: Vocabulary, target: Vocabulary
  ) {
    self.languages = languages
    sourceVocabulary = source
    targetVocabulary = target
  }

  /// Opens a subset of a folder, found under either order of the pair.
  ///
  /// - Parameter combine: joins `train`, `train1`, `train2`, ... as far as they exist.
  /// - Throws: a `UserError` when the subset is missing or damaged, its sides differ in size, or
  ///   it was made with another dictionary.
  ///
  /// Text of the source language alone is found under the name of the pair, or of the source and
  /// `None`, as fairseq writes it without a target language.
  public func load(_ subset: String, in folder: String, combine: Bool = false) throws
    -> LanguagePairDataset
  {
    var sources: [any TokenSequences] = []
    var targets: [any TokenSequences] = []
    var number = 0
    while let prefix = prefix(number == 0 ? subset : "\(subset)\(number)", in: folder) {
      let hasTarget = needsTargets || Self.isThere(prefix + languages.target)
      try checkRecords(prefix, hasTarget: hasTarget, in: folder)
      let source = try file(prefix + languages.source).open(sourceVocabulary)
      sources.append(source)
      if hasTarget {
        let target = try file(prefix + languages.target).open(targetVocabulary)
        guard source.count == target.count else {
          throw UserError(
            "'\(prefix)\(languages.source)' has \(source.count) sentences but "
              + "'\(prefix)\(languages.target)' has \(target.count); run fairline-preprocess again")
        }
        targets.append(target)
      }
      number += 1
      if !combine { break }
    }
    guard targets.isEmpty || targets.count == sources.count else {
      throw UserError(
        "'\(folder)' has a target side of some parts of '\(subset)' only; run fairline-preprocess "
          + "again for all of them")
    }
    guard !sources.isEmpty else {
      throw UserError(
        "data set not found: there is no '\(subset).\(languages.source)-\(languages.target)."
          + "\(languages.source)' in '\(folder)'; check the subset and the data folder")
    }
    var dataset = try LanguagePairDataset(
      sources: truncated(joined(sources)), targets: targets.isEmpty ? nil : joined(targets))
    dataset.alignments = try alignments(of: subset, in: folder, count: dataset.count)
    return dataset
  }

  /// The alignments of a subset, which the preprocessor wrote beside it; nil where there are none.
  private func alignments(
    of subset: String, in folder: String, count: Int
  ) throws -> (any TokenSequences)? {
    let prefix = Paths.join(folder, "\(subset).align.\(languages.source)-\(languages.target)")
    guard loadsAlignments, DatasetKind.detect(prefix: prefix) == .mmap else { return nil }
    let all = joined([try IndexedDataset(prefix: prefix)])
    guard all.count == count else {
      throw UserError(
        "'\(prefix)' aligns \(all.count) sentences, but there are \(count): run "
          + "fairline-preprocess again, with one training file")
    }
    return all
  }

  /// Whether a folder has a subset.
  public func contains(_ subset: String, in folder: String) -> Bool {
    prefix(subset, in: folder) != nil
  }

  /// What stands before the language in the paths of a subset.
  private func prefix(_ subset: String, in folder: String) -> String? {
    let (source, target) = (languages.source, languages.target)
    let pairs =
      ["\(source)-\(target)", "\(target)-\(source)"] + (needsTargets ? [] : ["\(source)-None"])
    return pairs.lazy
      .map { Paths.join(folder, "\(subset).\($0).") }
      .first { DatasetKind.detect(prefix: $0 + source) != nil }
  }

  /// Whether any file of one side is there.
  private static func isThere(_ prefix: String) -> Bool {
    DatasetKind.detect(prefix: prefix) != nil || Paths.exists(prefix + ".bin")
      || Paths.exists(prefix + ".json")
  }

  /// Refuses sides that were not made together, and notes where nothing is known of that.
  private func checkRecords(_ prefix: String, hasTarget: Bool, in folder: String) throws {
    guard verifies, (kind ?? DatasetKind.detect(prefix: prefix + languages.source)) != .raw
    else { return }
    let sides = [languages.source] + (hasTarget ? [languages.target] : [])
    let records = try sides.map { try DatasetRecord.read(prefix: prefix + $0) }
    guard records.allSatisfy({ $0?.files != nil }) else {
      note("'\(folder)' has no checksums, so damage to its data would not be noticed")
      return
    }
    if !hasTarget, records[0]?.pair != nil {
      note("'\(prefix)\(languages.target)' is not there any more: sources are taken alone")
    }
    guard !hasTarget || records[0]?.pair == records[1]?.pair else {
      throw UserError(
        "'\(prefix)\(languages.source)' and '\(prefix)\(languages.target)' were not made by the "
          + "same run; run fairline-preprocess again")
    }
  }

  private func file(_ prefix: String) -> SequenceFile {
    SequenceFile(prefix: prefix, kind: kind, verifies: verifies)
  }

  private func joined(_ parts: [any TokenSequences]) -> any TokenSequences {
    parts.count == 1 && upsamplePrimary == 1
      ? parts[0] : ConcatenatedSequences(parts, repeats: [upsamplePrimary])
  }

  private func truncated(_ sources: any TokenSequences) -> any TokenSequences {
    truncateSource.map { TruncatedSequences(sources, to: $0) } ?? sources
  }
}
