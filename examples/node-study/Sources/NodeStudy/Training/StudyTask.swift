import Fairline
import FairlineTasks

/// A translation task whose validation set may be thinned out, so that quick studies validate
/// quickly.
final class StudyTask: Task {
  let translation: TranslationTask
  private let validSentences: Int

  /// - Parameter validSentences: about so many sentences are validated; 0 for all.
  init(_ translation: TranslationTask, validSentences: Int) {
    self.translation = translation
    self.validSentences = validSentences
  }

  var description: TaskDescription { translation.description }
  var identity: [String: String] { translation.identity }
  var assets: [String: [UInt8]] { translation.assets }
  var validationSets: [String] { translation.validationSets }

  func trainingEpoch(_ epoch: Int) throws -> any BatchSource {
    try translation.trainingEpoch(epoch)
  }

  func validation(_ name: String) throws -> any BatchSource {
    let all = try translation.validation(name)
    guard validSentences > 0, all.count > 1 else { return all }
    let sentences = try (0..<all.count).reduce(0) { try $0 + all.batch($1).sentenceCount }
    let every = max(1, (sentences + validSentences - 1) / validSentences)
    return ThinnedBatches(all: all, every: every)
  }

  func restrict(toMaximumPositions positions: (source: Int, target: Int)) {
    translation.restrict(toMaximumPositions: positions)
  }
}

/// Every n-th batch, so that all lengths are there.
private struct ThinnedBatches: BatchSource {
  let all: any BatchSource
  let every: Int

  var count: Int { (all.count + every - 1) / every }

  func batch(_ index: Int) throws -> Batch { try all.batch(min(index * every, all.count - 1)) }
}
