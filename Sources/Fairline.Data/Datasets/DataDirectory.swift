import FairlineFoundation

/// The folders of preprocessed data that the positional argument `data` names.
///
/// `a:b:c` are shards: the training set of epoch e is shard (e - 1) mod n; everything else comes
/// from the first. A colon of a name stands behind a backslash.
public struct DataDirectory: Sendable, Equatable {
  /// The folders.
  public let shards: [String]

  /// Reads the argument.
  public init(_ argument: String) throws {
    shards = SeparatedList.parts(of: argument, at: ":").filter { !$0.isEmpty }
    if shards.isEmpty { throw UserError("the data folder is missing; name it first") }
  }

  /// The first folder.
  public var first: String { shards[0] }

  /// The folder of an epoch's training set.
  public func shard(epoch: Int) -> String {
    shards[(max(epoch, 1) - 1) % shards.count]
  }

  /// The path of a language's dictionary; nil is the nameless one of language models.
  package func dictionaryPath(_ language: String?) -> String {
    Paths.join(first, language.map { "dict.\($0).txt" } ?? "dict.txt")
  }

  /// Reads a language's dictionary.
  ///
  /// - Throws: `UserError` or `FileError` naming the file, also when it is a device or pipe.
  public func dictionary(_ language: String?) throws -> Vocabulary {
    let path = dictionaryPath(language)
    guard !Paths.exists(path) || Paths.isFile(path) else {
      throw FileError.unreadable(path: path, reason: "it is not a regular file")
    }
    return try Vocabulary(contentsOf: path)
  }

  /// Whether there is a dictionary of a language.
  public func hasDictionary(_ language: String?) -> Bool { Paths.exists(dictionaryPath(language)) }

  /// Compares a file of the first folder with its checksum, where a record of a data set has one.
  public func verify(_ name: String) throws {
    let path = Paths.join(first, name)
    for record in try Paths.names(in: first) where record.hasSuffix(".json") {
      let prefix = Paths.join(first, String(record.dropLast(5)))
      guard let known = try? DatasetRecord.read(prefix: prefix), known.mentions(name) else {
        continue
      }
      return try known.verify(try MappedFile(path))
    }
  }

  /// The languages of a pair.
  public struct Languages: Codable, Sendable, Equatable {
    /// The source language.
    public var source: String
    /// The target language.
    public var target: String

    /// Names both languages.
    public init(source: String, target: String) {
      self.source = source
      self.target = target
    }
  }

  /// The language pair: as given, or found in a file name such as `train.de-en.de.bin`.
  ///
  /// - Throws: a `UserError` naming the flags when no file name tells.
  public func languages(source: String?, target: String?) throws -> Languages {
    if let source, let target { return Languages(source: source, target: target) }
    for name in try Paths.names(in: first) {
      let parts = name.split(separator: ".", omittingEmptySubsequences: false)
      guard parts.count >= 3 else { continue }
      let pair = parts[1].split(separator: "-", omittingEmptySubsequences: false).map(String.init)
      guard pair.count == 2, pair.contains(String(parts[2])), !pair.contains("None") else {
        continue
      }
      if let source, pair.contains(source) {
        return Languages(source: source, target: pair[0] == source ? pair[1] : pair[0])
      }
      if let target, pair.contains(target) {
        return Languages(source: pair[0] == target ? pair[1] : pair[0], target: target)
      }
      if source == nil && target == nil { return Languages(source: pair[0], target: pair[1]) }
    }
    throw UserError(
      "cannot tell the languages from the files in '\(first)'; "
        + "give --source-lang and --target-lang")
  }
}
