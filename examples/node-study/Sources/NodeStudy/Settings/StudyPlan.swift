import Fairline
import FairlineData

/// Everything that a study's numbers depend on; a folder of results belongs to one plan.
package struct StudyPlan: Codable, Equatable, Sendable {
  /// Whether the study is a quick one.
  package var quick = false
  /// Both languages, `en-de` for example.
  package var languages = ""
  /// Pairs of the training set.
  package var trainingPairs = 0
  /// Fingerprints of the dictionaries.
  package var dictionaries = ""
  /// Symbols of the target dictionary.
  package var symbols = 0
  /// Whether both sides have the same dictionary, and so one table of embeddings.
  package var sharesVocabulary = true
  /// Bits per target symbol of a model that knows the symbols' frequencies only.
  package var unigramBits = 0.0

  /// Channels of all models.
  package var width = 0
  /// Hidden channels of feed-forward networks.
  package var hidden = 0
  /// Attention heads.
  package var heads = 0
  /// Layers of the deep models, and pieces of depth.
  package var layers = 0

  /// Updates of an epoch.
  package var epochUpdates = 0
  /// Updates of every row with fixed steps.
  package var updates = 0
  /// Updates of every row with adaptive steps.
  package var adaptiveUpdates = 0
  /// Updates between two validations; the counts of updates are multiples of it.
  package var interval = 0
  /// The most sentences times longest side of a batch.
  package var maxTokens = 0
  /// The highest learning rate.
  package var lr = 0.0
  /// Updates of linear warm-up.
  package var warmup = 0

  /// Sentences of the validation set that are used; 0 for all.
  package var validSentences = 0
  /// The subset that is translated.
  package var subset = ""
  /// The most sentences that are translated; 0 for all.
  package var sentences = 0
  /// Prefixes kept alive for each sentence.
  package var beam = 0

  /// A plan without numbers.
  package init() {}

  /// Validations of a row with fixed steps.
  static let points = 10

  /// Plans a study.
  ///
  /// - Parameter data: the opened data, from which the number of updates follows.
  init(_ settings: StudySettings, _ data: StudyData) throws {
    let task = data.task.base
    let pair = try DataDirectory(settings.data).languages(source: nil, target: nil)
    quick = settings.quick
    languages = "\(pair.source)-\(pair.target)"
    dictionaries = task.identity.sorted { $0.key < $1.key }.map(\.value).joined(separator: " ")
    symbols = task.description.targetSymbols
    sharesVocabulary = task.description.sharesVocabulary
    (trainingPairs, unigramBits) = try data.targetStatistics()
    (width, hidden) = (settings.width, settings.hidden)
    (heads, layers) = (settings.heads, settings.layers)
    epochUpdates = try task.trainingEpoch(1).count
    var wanted = max(1, Int((settings.epochs * Double(epochUpdates)).rounded()))
    if settings.maxUpdates > 0 { wanted = min(wanted, settings.maxUpdates) }
    interval = max(1, wanted / Self.points)
    updates = wanted / interval * interval
    let adaptive = settings.adaptiveUpdates ?? updates / 5
    let rounded = (adaptive + interval / 2) / interval * interval
    adaptiveUpdates = min(updates, max(interval, rounded))
    (maxTokens, lr, warmup) = (settings.maxTokens, settings.lr, settings.warmupUpdates)
    (validSentences, sentences) = (settings.validSentences, settings.sentences)
    (subset, beam) = (try data.subset(settings), settings.beam)
  }

  /// Updates of a row.
  package func updates(of row: StudyRow) -> Int { row.isAdaptive ? adaptiveUpdates : updates }

  /// Updates between two validations of a row; rows with adaptive steps are validated twice as
  /// often.
  package func interval(of row: StudyRow) -> Int {
    row.isAdaptive ? max(1, interval / 2) : interval
  }

  /// What differs from another plan, in words; nil when nothing does.
  package func difference(from other: StudyPlan) -> String? {
    guard self != other, case .object(let mine)? = try? JSONValue(encoding: self),
      case .object(let theirs)? = try? JSONValue(encoding: other)
    else { return nil }
    for (key, value) in mine where theirs[key] != value {
      return "\(key) \((theirs[key] ?? .null).compactText) instead of \(value.compactText)"
    }
    return "other settings"
  }
}
