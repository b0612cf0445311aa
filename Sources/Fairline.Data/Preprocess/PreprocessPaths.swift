import FairlineFoundation

/// The names of the files that preprocessing reads and writes.
struct PreprocessPaths {
  let settings: PreprocessSettings
  /// The folder that files are written to.
  var folder: String
  /// Copies of texts that can be read only once, by the paths that the user gave.
  var copies: [String: String] = [:]

  init(settings: PreprocessSettings, folder: String? = nil) {
    self.settings = settings
    self.folder = folder ?? settings.destdir
  }

  /// A text and the split it becomes, such as `train`, `valid` or `valid1`.
  struct Split {
    let name: String
    let prefix: String
  }

  /// The languages in the order they are processed; nil is the nameless one of `--only-source`.
  var languages: [String?] {
    settings.onlySource ? [settings.sourceLang] : [settings.sourceLang, settings.targetLang]
  }

  var splits: [Split] {
    func numbered(_ name: String, _ list: String?) -> [Split] {
      let prefixes = list.map { SeparatedList.parts(of: $0, at: ",") } ?? []
      return prefixes.enumerated().map { number, prefix in
        Split(name: number == 0 ? name : "\(name)\(number)", prefix: prefix)
      }
    }
    return numbered("train", settings.trainpref) + numbered("valid", settings.validpref)
      + numbered("test", settings.testpref)
  }

  /// The texts that dictionaries and pieces are made from.
  func trainingTexts(_ language: String?) throws -> [String] {
    let training = splits.filter { $0.name.hasPrefix("train") }
    guard !training.isEmpty else { throw UserError("--trainpref is missing") }
    return training.map { input($0.prefix, language) }
  }

  /// The path of a text as the user gave it, with the end of a compressed file's name where there
  /// is only such a file.
  func given(_ prefix: String, _ language: String?) -> String {
    if settings.tsv { return prefix }
    let path = language.map { "\(prefix).\($0)" } ?? prefix
    if Paths.exists(path) { return path }
    return CompressionFormat.suffixes.map { path + $0 }.first(where: Paths.exists) ?? path
  }

  /// The path that a text is read from.
  func input(_ prefix: String, _ language: String?) -> String {
    settings.tsv ? copies[column(prefix, language)] ?? prefix : readable(given(prefix, language))
  }

  /// What stands for a column of a table among ``copies``.
  func column(_ prefix: String, _ language: String?) -> String {
    "\(prefix)\t\(language ?? "")"
  }

  /// A copy of what can be read only once, or the file itself.
  func readable(_ path: String) -> String { copies[path] ?? path }

  func dictionary(_ language: String?) -> String {
    inDestination(language.map { "dict.\($0).txt" } ?? "dict.txt")
  }

  /// The path of a binarised file without its ending; raw text has exactly this name.
  func output(_ name: String, _ language: String?) -> String {
    guard let language else {
      return inDestination(settings.onlySource ? name : "\(name).\(pair)")
    }
    return inDestination("\(name).\(pair).\(language)")
  }

  func sentencepieceModel(_ language: String?) -> String {
    let isShared = settings.joinedDictionary || settings.sentencepieceModel != nil
    guard let language, !isShared else { return inDestination("sentencepiece.bpe.model") }
    return inDestination("sentencepiece.bpe.\(language).model")
  }

  var replacements: String { inDestination("alignment.\(pair).txt") }

  func inDestination(_ name: String) -> String {
    Paths.join(folder, name)
  }

  private var pair: String {
    "\(settings.sourceLang ?? "None")-\(settings.targetLang ?? "None")"
  }
}
