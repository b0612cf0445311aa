import FairlineFoundation
import Foundation

/// The texts as words or pieces: the files themselves, or copies divided by a tokenizer.
///
/// With a tokenizer every text is encoded once into a temporary file beside the result; what
/// follows is the same as for text that was divided beforehand.
final class SegmentedTexts {
  private let paths: PreprocessPaths
  private let workers: Int
  /// Models by language, "" for the nameless one; empty when texts stay as they are.
  private var models: [String: SentencePieceModel] = [:]
  /// Divides texts where SentencePiece does not, by language, "" for the nameless one.
  private var tokenizers: [String: any Tokenizer] = [:]
  /// Divide texts into words before that, by language.
  private var words: [String: any Tokenizer] = [:]
  /// The files with words, and with pieces, by text.
  private var worded: [String: String] = [:]
  private var segmented: [String: String] = [:]
  private var made = 0

  init(_ run: Preprocessor, journal: Journal) throws {
    paths = run.paths
    workers = run.workers
    for (place, language) in paths.languages.enumerated() {
      let own = place == 0 ? run.model?.source.tokenizer : run.model?.target.tokenizer
      tokenizers[language ?? ""] = own ?? run.tokenizer
      if !run.words.isEmpty { words[language ?? ""] = run.words[place] }
      if run.model != nil, own == nil {
        journal.log(
          "[\(language ?? "None")] the model has no tokenizer: text is divided at spaces")
      }
    }
    let settings = run.settings
    guard settings.usesSentencePiece else { return }
    if let path = settings.sentencepieceModel {
      let model = try SentencePieceModel(contentsOf: path)
      for language in paths.languages { models[language ?? ""] = model }
    } else {
      try trainModels(settings, journal)
    }
    for language in paths.languages {
      try models[language ?? ""]?.save(to: paths.sentencepieceModel(language))
    }
  }

  deinit {
    for path in Array(segmented.values) + worded.values { unlink(path) }
  }

  private func trainModels(_ settings: PreprocessSettings, _ journal: Journal) throws {
    let training = SentencePieceTraining(
      vocabularySize: settings.sentencepieceVocabSize, kind: settings.sentencepieceType,
      characterCoverage: settings.sentencepieceCharacterCoverage,
      longestLine: settings.sentencepieceMaxSentenceLength)
    let groups =
      settings.joinedDictionary ? [paths.languages] : paths.languages.map { [$0] }
    for group in groups {
      let names = group.map { $0 ?? "None" }.joined(separator: ", ")
      let model = try SentencePieceModel.train(
        on: group.flatMap { language in
          try paths.trainingTexts(language).map { try words(of: $0, language) }
        }, training
      ) { journal.log("[\(names)] \($0)") }
      for language in group { models[language ?? ""] = model }
      journal.log("[\(names)] SentencePiece: \(model.pieceCount) pieces")
    }
  }

  /// The file with the words or pieces of a text.
  func path(of text: String, _ language: String?) throws -> String {
    guard let divide = divider(language) else { return try words(of: text, language) }
    if let path = segmented[text] { return path }
    let words = try words(of: text, language)
    let path = paths.inDestination(".pieces.\(made).\(getpid()).tmp")
    segmented[text] = path
    try write(words, to: path, divide)
    return path
  }

  /// The file with the words of a text, or the text itself where none are asked for.
  private func words(of text: String, _ language: String?) throws -> String {
    guard let tokenizer = words[language ?? ""] else { return text }
    if let path = worded[text] { return path }
    let path = paths.inDestination(".words.\(made).\(getpid()).tmp")
    worded[text] = path
    try write(text, to: path, Self.divider(tokenizer))
    return path
  }

  private func write(
    _ text: String, to path: String, _ divide: @escaping @Sendable (TextBlock) throws -> [UInt8]
  ) throws {
    made += 1
    let file = try FileWriter(path)
    try OrderedBlocks.process(text, workers: workers, work: divide) { try file.write($0) }
    try file.finish()
  }

  /// What divides the lines of a language's texts; nil when nothing does.
  private func divider(
    _ language: String?
  ) -> (@Sendable (TextBlock) throws -> [UInt8])? {
    if let model = models[language ?? ""] {
      let writers = PieceWriterPool(model)
      return { try writers.pieces(of: $0) }
    }
    return tokenizers[language ?? ""].map(Self.divider)
  }

  /// What divides lines by a tokenizer.
  private static func divider(
    _ tokenizer: any Tokenizer
  ) -> @Sendable (TextBlock) throws -> [UInt8] {
    { block in
      var bytes: [UInt8] = []
      try block.forEachLine { line in
        bytes += try tokenizer.units(of: String(decoding: line, as: UTF8.self)).utf8
        bytes.append(0x0A)
      }
      return bytes
    }
  }

  /// Removes the temporary file of a text that is done.
  func discard(_ text: String) {
    guard paths.settings.alignfile == nil else { return }
    for path in [segmented.removeValue(forKey: text), worded.removeValue(forKey: text)] {
      path.map { _ = unlink($0) }
    }
  }
}
