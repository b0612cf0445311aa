import Fairline
import FairlineODE
import Synchronization

/// Counts how the solves of a model ended, on all threads together.
final class SolveTally: Sendable {
  /// Solves, and those of them that broke off.
  struct Counts: Sendable, Codable, Equatable {
    var solves = 0
    var brokenOff = 0

    /// Whether most of them broke off.
    var areBad: Bool { 2 * brokenOff > solves }

    /// What happened and what to do, in a sentence.
    var sentence: String {
      "\(brokenOff) of \(solves) solves broke off, their steps too short or their states not "
        + "finite: "
        + "raise --node-rtol or --node-atol, take equal steps with --node-steps, "
        + "or go back to an earlier checkpoint"
    }
  }

  private let state = Mutex(Counts())

  var counts: Counts { state.withLock { $0 } }

  /// Counts a solve.
  func add(_ outcome: Outcome) {
    state.withLock {
      $0.solves += 1
      if outcome.brokeOff { $0.brokenOff += 1 }
    }
  }

  /// What is to be told of the solves so far.
  var trouble: ModelTrouble? {
    let counts = self.counts
    guard counts.brokenOff > 0 else { return nil }
    return ModelTrouble(counts.sentence, isFatal: counts.areBad)
  }
}

extension Outcome {
  /// Whether no step that moves time was good enough, or numbers were not finite.
  var brokeOff: Bool { self == .stepTooSmall || self == .notFinite }
}
