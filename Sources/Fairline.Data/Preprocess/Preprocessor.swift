import FairlineFoundation
import Foundation

/// Makes dictionaries and binarised data from text: the whole of `fairline-preprocess`.
///
/// Files are read in a stream, so memory does not grow with the text; the result does not depend
/// on the number of threads.
public struct Preprocessor {
  let settings: PreprocessSettings
  let paths: PreprocessPaths
  private let report: (String) -> Void

  /// What a run has made.
  public struct Summary: Sendable {
    /// The dictionary of the source side.
    public var sourceDictionary: Vocabulary
    /// The dictionary of the target side; nil with `--only-source`.
    public var targetDictionary: Vocabulary?
    /// Each text that was binarised or copied, in the order of the log.
    public var texts: [BinarizedText]
  }

  /// Prepares a run; `log` receives the lines that fairseq logs.
  public init(_ settings: PreprocessSettings, log: @escaping (String) -> Void = { _ in }) {
    self.settings = settings
    paths = PreprocessPaths(settings: settings)
    report = log
  }

  /// Runs the whole of it.
  ///
  /// - Throws: a `UserError` that names the flag or file at fault and the remedy.
  @discardableResult
  public func run() throws -> Summary {
    try settings.validate()
    try checkInputs()
    try Paths.makeFolder(settings.destdir)
    let journal = try Journal(paths.inDestination("preprocess.log"), report)
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
    // Dictionaries come last: after a failed run nothing stands in the way of the next one.
    for (language, dictionary) in zip(paths.languages, dictionaries) {
      try dictionary.save(to: paths.dictionary(language))
    }
    if settings.dictOnly { return summary }
    try binarizeAlignments(journal)
    journal.log("Wrote preprocessed data to \(settings.destdir)")
    if let alignments = settings.alignfile {
      try writeReplacements(alignments, dictionaries, texts)
    }
    return summary
  }

  var workers: Int {
    settings.workers > 0 ? settings.workers : ProcessInfo.processInfo.activeProcessorCount
  }

  /// Refuses to replace dictionaries, and texts whose sides have different numbers of lines.
  private func checkInputs() throws {
    let given = [settings.srcdict, settings.tgtdict]
    for (language, reused) in zip(paths.languages, given) where reused == nil {
      let path = paths.dictionary(language)
      if Paths.exists(path) {
        throw UserError(
          "the dictionary '\(path)' exists already; remove it or choose another --destdir")
      }
    }
    for split in paths.splits {
      let files = paths.languages.map { paths.input(split.prefix, $0) }
      let counts = try files.map { try TextFile($0).lineCount() }
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
    result.path = original
    result.language = language
    texts.discard(original)
    journal.log("[\(name)] \(result)")
    return result
  }
}

/// The log of a run: handed to the caller and kept in `preprocess.log`.
final class Journal {
  private let report: (String) -> Void
  private let file: FileHandle?

  init(_ path: String, _ report: @escaping (String) -> Void) throws {
    self.report = report
    if !Paths.exists(path) { try FileWriter(path).finish() }
    file = FileHandle(forWritingAtPath: path)
    _ = try? file?.seekToEnd()
  }

  func log(_ line: String) {
    report(line)
    try? file?.write(contentsOf: Data((line + "\n").utf8))
  }
}
