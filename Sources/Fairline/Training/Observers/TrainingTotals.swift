/// Sums over updates, from which a report's averages come; what a checkpoint keeps of an epoch in
/// progress.
struct TrainingTotals: Codable, Equatable, Sendable {
  private(set) var record = LossRecord()
  private(set) var updates = 0
  private var normSum = 0.0
  private var clipped: Int?
  private var stepSeconds = 0.0
  private var earlierSeconds = 0.0
  private var begun: Double?

  private enum CodingKeys: CodingKey {
    case record, updates, normSum, clipped, stepSeconds, earlierSeconds
  }

  /// Empty sums; time runs from now.
  init(at now: Double = Seconds.now()) { begun = now }

  /// Adds an update; one that was left out counts its time only.
  mutating func add(_ update: Update) {
    stepSeconds += update.seconds
    guard update.outcome == .applied else { return }
    record.add(update.record)
    updates += 1
    normSum += update.gradientNorm
    if let isClipped = update.isClipped { clipped = (clipped ?? 0) + (isClipped ? 1 : 0) }
  }

  /// The sums for a checkpoint: their time goes on after a restart.
  func paused(at now: Double = Seconds.now()) -> TrainingTotals {
    var copy = self
    copy.earlierSeconds = elapsed(at: now)
    copy.begun = nil
    return copy
  }

  /// Time goes on.
  mutating func resume(at now: Double = Seconds.now()) { begun = now }

  /// The averages, in fairseq's names and units.
  ///
  /// - Parameter last: the latest update, for what is not averaged.
  func columns(_ last: Update?, at now: Double = Seconds.now()) -> [ReportColumn] {
    let count = Double(max(updates, 1))
    let seconds = max(elapsed(at: now), 1e-9)
    var columns = updates > 0 ? record.columns : []
    columns += [
      ReportColumn("wps", Double(record.tokens) / seconds),
      ReportColumn("ups", Double(updates) / seconds),
      ReportColumn("wpb", Double(record.tokens) / count),
      ReportColumn("bsz", Double(record.sentences) / count),
    ]
    if let last {
      columns.append(ReportColumn("num_updates", Double(last.number)))
      columns.append(ReportColumn("lr", last.nextRate))
    }
    columns.append(ReportColumn("gnorm", normSum / count))
    if let clipped { columns.append(ReportColumn("clip", 100 * Double(clipped) / count)) }
    columns.append(ReportColumn("train_wall", stepSeconds))
    if let last {
      columns.append(ReportColumn("wall", last.totalSeconds))
      columns += last.columns
    }
    return columns
  }

  private func elapsed(at now: Double) -> Double { earlierSeconds + (begun.map { now - $0 } ?? 0) }
}

extension Validation {
  /// What was measured on the set, in fairseq's names and units.
  public var measuredColumns: [ReportColumn] {
    let count = Double(max(batches, 1))
    return record.columns + measures + [
      ReportColumn("wps", Double(record.tokens) / max(seconds, 1e-9)),
      ReportColumn("wpb", Double(record.tokens) / count),
      ReportColumn("bsz", Double(record.sentences) / count),
    ]
  }

  /// What is reported of a validation in training.
  var reportColumns: [ReportColumn] {
    var columns = measuredColumns + [ReportColumn("num_updates", Double(updates))]
    if let best { columns.append(best) }
    return columns + self.columns
  }
}
