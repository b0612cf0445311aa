import Fairline

/// Tells the user how the training of a row goes: a bar on a terminal, a line now and then
/// elsewhere.
final class RowProgress: TrainingObserver {
  private let row: StudyRow
  private let sink: LogSink
  /// Seconds that the rows behind this one take, from what its own updates took so far.
  private let rest: (_ updates: Int, _ seconds: Double) -> Double?
  private var begun = Seconds.now()
  private var total = 0
  private var skipped = 0
  private var lastLine = 0.0
  private var validation = ""

  /// Seconds between two lines where there is no terminal.
  private static let pause = 15.0

  init(
    _ row: StudyRow, updates: Int, _ sink: LogSink, rest: @escaping (Int, Double) -> Double?
  ) {
    (self.row, self.rest, self.sink) = (row, rest, sink)
    total = updates
  }

  func trainingBegan(_ run: RunDescription) {
    begun = Seconds.now()
    lastLine = begun
    skipped = run.progress.updates
    if skipped > 0 { sink.write("  \(row.name): going on after \(skipped) updates") }
  }

  func updated(_ update: Update) {
    let now = Seconds.now()
    let spent = now - begun
    let values = "\(Wording.bits(update.record.bits)) bits\(validation)\(evaluations(update))"
    var bar = ProgressBar(
      heading: row.name, done: update.number, total: total, seconds: spent, skipped: skipped)
    bar.values = values
    sink.draw(bar, at: now)
    guard !sink.isTerminal, now - lastLine >= Self.pause else { return }
    lastLine = now
    let left = spent / Double(max(1, update.number - skipped)) * Double(total - update.number)
    let all =
      rest(update.number - skipped, spent).map {
        ", about \(Wording.duration(left + $0)) for all rows"
      } ?? ""
    sink.write(
      "  \(row.name) \(update.number)/\(total): \(values); about \(Wording.duration(left)) "
        + "left\(all)"
    )
  }

  func validated(_ result: Validation) {
    validation = ", valid \(Wording.bits(result.record.bits))"
  }

  func trainingEnded(_ reason: StopReason) { sink.clear() }

  private func evaluations(_ update: Update) -> String {
    guard row.isNode else { return "" }
    let sides = ["encoder.", "decoder."].map { side in
      let forward = update.statistics.sum(side, ".evaluations")
      let backward = update.statistics.sum(side, ".pullbacks")
      return "\(Wording.count(forward))/\(Wording.count(backward))"
    }
    return ", evaluations \(sides.joined(separator: " "))"
  }
}
