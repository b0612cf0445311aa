import Fairline
import FairlineGeneration

/// A task whose validation set may be thinned out, so that quick studies validate
/// quickly.
final class StudyTask: Task {
  let base: any GenerationTask
  private let validSentences: Int

  /// - Parameter validSentences: about so many sentences are validated; 0 for all.
  init(_ base: any GenerationTask, validSentences: Int) {
    self.base = base
    self.validSentences = validSentences
  }

  var description: TaskDescription { base.description }
  var identity: [String: String] { base.identity }
  var assets: [String: [UInt8]] { base.assets }
  var validationSets: [String] { base.validationSets }

  func trainingEpoch(_ epoch: Int) throws -> any BatchSource {
    try base.trainingEpoch(epoch)
  }

  func validation(_ name: String) throws -> any BatchSource {
    let all = try base.validation(name)
    guard validSentences > 0, all.count > 1 else { return all }
    let sentences = try (0..<all.count).reduce(0) { try $0 + all.batch($1).sentenceCount }
    let every = max(1, (sentences + validSentences - 1) / validSentences)
    return ThinnedBatches(all: all, every: every)
  }

  func restrict(toMaximumPositions positions: (source: Int, target: Int)) {
    base.restrict(toMaximumPositions: positions)
  }
}

/// Every n-th batch, so that all lengths are there.
private struct ThinnedBatches: BatchSource {
  let all: any BatchSource
  let every: Int

  var count: Int { (all.count + every - 1) / every }

  func batch(_ index: Int) throws -> Batch { try all.batch(min(index * every, all.count - 1)) }
}
