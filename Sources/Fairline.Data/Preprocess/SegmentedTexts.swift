import FairlineFoundation
import Foundation

/// The texts as words or pieces: the files themselves, or copies divided by SentencePiece.
///
/// With SentencePiece every text is encoded once into a temporary file beside the result; what
/// follows is the same as for text that was divided beforehand.
final class SegmentedTexts {
  private let paths: PreprocessPaths
  private let workers: Int
  /// Models by language, "" for the nameless one; empty when texts stay as they are.
  private var models: [String: SentencePieceModel] = [:]
  private var segmented: [String: String] = [:]
  private var made = 0

  init(_ run: Preprocessor, journal: Journal) throws {
    paths = run.paths
    workers = run.workers
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
    for path in segmented.values { unlink(path) }
  }

  private func trainModels(_ settings: PreprocessSettings, _ journal: Journal) throws {
    guard let prefix = settings.trainpref else { throw UserError("--trainpref is missing") }
    let training = SentencePieceTraining(
      vocabularySize: settings.sentencepieceVocabSize, kind: settings.sentencepieceType,
      characterCoverage: settings.sentencepieceCharacterCoverage)
    let groups =
      settings.joinedDictionary ? [paths.languages] : paths.languages.map { [$0] }
    for group in groups {
      let model = try SentencePieceModel.train(
        on: group.map { paths.input(prefix, $0) }, training)
      for language in group { models[language ?? ""] = model }
      let names = group.map { $0 ?? "None" }.joined(separator: ", ")
      journal.log("[\(names)] SentencePiece: \(model.pieceCount) pieces")
    }
  }

  /// The file with the words or pieces of a text.
  func path(of text: String, _ language: String?) throws -> String {
    guard let model = models[language ?? ""] else { return text }
    if let path = segmented[text] { return path }
    let path = paths.inDestination(".pieces.\(made).\(getpid()).tmp")
    made += 1
    let file = try FileWriter(path)
    segmented[text] = path
    let writers = PieceWriterPool(model)
    try OrderedBlocks.process(text, workers: workers) { block in
      try writers.pieces(of: block)
    } deliver: {
      try file.write($0)
    }
    try file.finish()
    return path
  }

  /// Removes the temporary file of a text that is done.
  func discard(_ text: String) {
    guard paths.settings.alignfile == nil else { return }
    if let path = segmented.removeValue(forKey: text) { unlink(path) }
  }
}
