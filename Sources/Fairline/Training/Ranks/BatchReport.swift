import FairlineTensor

/// What was measured of one batch of an update, without its gradients.
struct BatchReport: Codable, Sendable {
  /// Its place in the update.
  let place: Int
  /// The batch in a sentence.
  let name: String
  /// What the criterion measured.
  var record = LossRecord()
  /// What the passes measured.
  var statistics = Statistics()
  /// Why the model refused it; nil when it did not.
  var refusal: BatchRefusal?
  /// Whether the loss was a finite number.
  var isFinite = true

  init(_ micro: MicroBatch) { (place, name) = (micro.place, micro.name) }
}

extension Update {
  /// Takes over what all ranks measured, in the order of places and up to the first loss that is
  /// not finite.
  ///
  /// - Parameter count: how many batches the update has.
  mutating func take(_ reports: [BatchReport], of count: Int) {
    typealias Sums = (record: LossRecord, statistics: Statistics)
    var tree = SummationTree<Sums>(count: count)
    for report in reports {
      tree.add(
        (report.record, report.statistics), of: report.place..<(report.place + 1), Self.joined)
      if let refusal = report.refusal { refusals.append((report.place, refusal)) }
      guard report.isFinite else {
        outcome = .skipped("the loss of \(report.name) is not finite")
        break
      }
    }
    // After a loss that is not finite the tree is not whole.
    let nodes = tree.nodes.map(\.value)
    guard let last = nodes.last else { return }
    (record, statistics) = nodes.dropLast().reversed().reduce(last) { Self.joined($1, $0) }
  }

  private static func joined(
    _ left: (record: LossRecord, statistics: Statistics),
    _ right: (record: LossRecord, statistics: Statistics)
  ) -> (record: LossRecord, statistics: Statistics) {
    var sum = left
    sum.record.add(right.record)
    sum.statistics.merge(right.statistics)
    return sum
  }
}
