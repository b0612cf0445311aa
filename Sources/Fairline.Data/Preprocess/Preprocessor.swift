import FairlineFoundation
import Foundation

/// Makes dictionaries and binarised data from text: the whole of `fairline-preprocess`.
///
/// Files are read in a stream, so memory does not grow with the text; the result does not depend
/// on the number of threads.
public struct Preprocessor {
  private(set) var settings: PreprocessSettings
  var paths: PreprocessPaths
  /// Divides texts, unless SentencePiece does.
  let tokenizer: (any Tokenizer)?
  /// Divide texts of the source and of the target into words first; empty where nothing does.
  let words: [any Tokenizer]
  /// The dictionaries and tokenizers of a model; nil when they are not given.
  let model: ModelText?
  private let report: (String) -> Void
  /// Whether signals that end the program remove unfinished files first; the signals are the whole
  /// program's.
  package var removesUnfinished = false

  /// What a run has made.
  public struct Summary: Sendable {
    /// The dictionary of the source side.
    public var sourceDictionary: Vocabulary
    /// The dictionary of the target side; nil with `--only-source`.
    public var targetDictionary: Vocabulary?
    /// Each text that was binarised or copied, in the order of the log.
    public var texts: [BinarizedText]
  }

  /// Prepares a run.
  ///
  /// - Parameters:
  ///   - tokenizer: what divides the lines of all texts; nil for text that is divided already, and
  ///     for the tokenizer `sentencepiece`, whose models may be trained here.
  ///   - words: what divides the lines of the source and of the target into words first; empty for
  ///     nothing.
  ///   - model: what the model brings that ``PreprocessSettings/model`` names.
  ///   - log: receives the lines that fairseq logs.
  public init(
    _ settings: PreprocessSettings, tokenizer: (any Tokenizer)? = nil,
    words: [any Tokenizer] = [], model: ModelText? = nil,
    log: @escaping (String) -> Void = { _ in }
  ) {
    self.settings = settings
    precondition(words.isEmpty || words.count == 2, "words are divided on both sides, or on none")
    self.tokenizer = tokenizer
    self.words = words
    self.model = model
    paths = PreprocessPaths(settings: settings)
    report = log
  }

  /// Runs the whole of it: the folder has all new files at the end, or none.
  ///
  /// - Throws: a `UserError` or `FileError` that names the flag or file at fault and the remedy.
  @discardableResult
  public func run() throws -> Summary {
    precondition((settings.model == nil) == (model == nil), "a model is named and opened, or not")
    try settings.validate(hasTokenizer: tokenizer != nil)
    try refuseToReplaceDictionaries()
    let folder = try StagedFolder(settings.destdir, removedWhenStopped: removesUnfinished)
    var staged = self
    staged.paths = PreprocessPaths(settings: settings, folder: folder.staging)
    try staged.copyStreams()
    try staged.checkLineCounts()
    let journal = Journal(report)
    let summary = try staged.make(journal)
    for copy in staged.paths.copies.values { unlink(copy) }
    let last = settings.dictOnly ? nil : "Wrote preprocessed data to \(settings.destdir)"
    let log = "preprocess.log"
    try journal.write(
      to: Paths.join(folder.staging, log), behind: Paths.join(folder.path, log), last: last)
    try folder.commit()
    if let last { report(last) }
    return summary
  }

  private func make(_ journal: Journal) throws -> Summary {
    let texts = try SegmentedTexts(self, journal: journal)
    let dictionaries = try makeDictionaries(texts, journal)
    var summary = Summary(
      sourceDictionary: dictionaries[0],
      targetDictionary: settings.onlySource ? nil : dictionaries[1], texts: [])
    for (language, dictionary) in zip(paths.languages, dictionaries) where !settings.dictOnly {
      for split in paths.splits {
        summary.texts.append(
          try makeDataset(split, language, dictionary, texts, journal))
      }
    }
    for (language, dictionary) in zip(paths.languages, dictionaries) {
      try dictionary.save(to: paths.dictionary(language))
    }
    if settings.dictOnly { return summary }
    try binarizeAlignments(journal)
    if let alignments = settings.alignfile {
      try writeReplacements(alignments, dictionaries, texts)
    }
    if settings.datasetImpl != .raw { try completeRecords() }
    return summary
  }

  var workers: Int {
    settings.workers > 0 ? settings.workers : ProcessInfo.processInfo.activeProcessorCount
  }

  /// Writes down which files belong together, with their checksums.
  private func completeRecords() throws {
    for split in paths.splits {
      let alignments = [".bin", ".idx"].map { paths.output("\(split.name).align", nil) + $0 }
      try DatasetRecord.complete(
        paths.languages.map { language in
          (
            prefix: paths.output(split.name, language),
            sideFiles: [paths.dictionary(language), paths.sentencepieceModel(language)]
              + (settings.onlySource ? [] : alignments + [paths.replacements])
          )
        })
    }
  }

  /// Copies files that can be read only once, such as pipes: they are read several times.
  private mutating func copyStreams() throws {
    for split in paths.splits {
      if settings.tsv {
        try splitTable(split.prefix)
      } else {
        for language in paths.languages { try copyStream(paths.given(split.prefix, language)) }
      }
      if let suffix = settings.alignSuffix { try copyStream("\(split.prefix).\(suffix)") }
    }
    for setting in [
      \PreprocessSettings.srcdict, \.tgtdict, \.alignfile, \.sentencepieceModel,
    ] {
      guard let path = settings[keyPath: setting] else { continue }
      try copyStream(path, isText: setting != \.sentencepieceModel)
      settings[keyPath: setting] = paths.readable(path)
    }
  }

  private mutating func copyStream(_ path: String, isText: Bool = true) throws {
    guard Paths.exists(path), !Paths.isFile(path), paths.copies[path] == nil else { return }
    let copy = paths.inDestination(".input.\(paths.copies.count)")
    let target = try FileWriter(copy)
    if isText {
      var lines = try TextBlockReader(path, blockSize: 1 << 20)
      while let block = try lines.next() { try target.write(block.bytes) }
    } else {
      try target.write(readBytes(of: path))
    }
    try target.finish()
    paths.copies[path] = copy
  }

  private func refuseToReplaceDictionaries() throws {
    guard model == nil else { return }
    let given = [settings.srcdict, settings.tgtdict]
    for (language, reused) in zip(paths.languages, given) where reused == nil {
      let path = paths.dictionary(language)
      if Paths.exists(path) {
        throw UserError(
          "the dictionary '\(path)' exists already; remove it or choose another --destdir")
      }
    }
  }

  /// Refuses texts whose sides have different numbers of lines.
  private func checkLineCounts() throws {
    for split in paths.splits {
      let files = paths.languages.map { paths.given(split.prefix, $0) }
      let counts = try paths.languages.map {
        try TextFile(paths.input(split.prefix, $0)).lineCount()
      }
      if let first = counts.first, let last = counts.last, first != last {
        throw UserError(
          "'\(files[0])' has \(first) lines but '\(files[1])' has \(last): "
            + "both sides must have the same number of lines")
      }
    }
  }

  private func makeDataset(
    _ split: PreprocessPaths.Split, _ language: String?, _ dictionary: Vocabulary,
    _ texts: SegmentedTexts, _ journal: Journal
  ) throws -> BinarizedText {
    let name = language ?? "None"
    journal.log("[\(name)] Dictionary: \(dictionary.count) types")
    let original = paths.input(split.prefix, language)
    let path = try texts.path(of: original, language)
    let output = paths.output(split.name, language)
    var result: BinarizedText
    if settings.datasetImpl == .raw {
      result = try BinarizedText(copying: path, to: output, dictionary)
    } else {
      result = try BinarizedText(binarizing: path, to: output, dictionary, workers: workers)
    }
    result.path = paths.given(split.prefix, language)
    result.language = language
    texts.discard(original)
    journal.log("[\(name)] \(result)")
    return result
  }
}

/// The log of a run: handed to the caller, and kept in `preprocess.log` when the run is done.
final class Journal {
  private let report: (String) -> Void
  private var lines: [String] = []

  init(_ report: @escaping (String) -> Void) { self.report = report }

  func log(_ line: String) {
    report(line)
    lines.append(line)
  }

  /// Writes the lines behind those of an earlier log.
  func write(to path: String, behind earlier: String, last: String?) throws {
    let file = try FileWriter(path)
    if Paths.isFile(earlier) { try file.write(readBytes(of: earlier)) }
    for line in lines + [last].compactMap(\.self) { try file.write(Array((line + "\n").utf8)) }
    try file.finish()
  }
}
