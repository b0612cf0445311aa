import Fairline
import FairlineTensor

/// Tells how many solves of an epoch broke off, and ends a training in which most do.
struct BreakOffReport: TrainingObserver {
  /// The fewest solves after which a running training is ended.
  private static let fewestSolves = 200

  private var counts = SolveTally.Counts()
  private var isOver = false
  private var isResumed = false
  private(set) var columns: [ReportColumn] = []

  /// The counts of the epoch in progress.
  var memory: JSONValue? { try? JSONValue(encoding: counts) }

  mutating func recall(_ memory: JSONValue) {
    counts = (try? memory.decoded(as: SolveTally.Counts.self)) ?? counts
    isResumed = true
  }

  mutating func epochBegan(_ epoch: EpochDescription) {
    if !(isResumed && epoch.done > 0) { counts = SolveTally.Counts() }
    isResumed = false
    columns = []
  }

  mutating func updated(_ update: Update) {
    counts.add(update.statistics)
    show(counts)
  }

  mutating func validated(_ validation: Validation) {
    var own = SolveTally.Counts()
    own.add(validation.statistics)
    show(own)
  }

  mutating func trainingEnded(_ reason: StopReason) { isOver = true }

  var failure: String? {
    guard counts.areBad, isOver || counts.solves >= Self.fewestSolves else { return nil }
    return counts.sentence
  }

  private mutating func show(_ counts: SolveTally.Counts) {
    columns =
      counts.brokenOff == 0
      ? [] : [ReportColumn("node_broken_off", Double(counts.brokenOff), digits: 0, priority: 700)]
  }
}

extension SolveTally.Counts {
  /// Adds the solves that forward passes recorded.
  fileprivate mutating func add(_ statistics: Statistics) {
    for (name, value) in statistics.values where name.hasSuffix(".brokenOff") {
      solves += value.count
      brokenOff += Int(value.sum)
    }
  }
}
