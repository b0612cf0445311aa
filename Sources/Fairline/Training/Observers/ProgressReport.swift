/// Tells people how training goes: a bar or lines within an epoch, a line at its end and after each
/// validation.
public struct ProgressReport: TrainingObserver {
  private var progress: ProgressDisplay
  private let interval: Int
  private let note: @Sendable (String) -> Void
  private var inner = TrainingTotals()
  private var epoch = TrainingTotals()
  private var last: Update?
  private var isResumed = false

  /// Makes a report.
  ///
  /// - Parameters:
  ///   - format: how reports are written.
  ///   - interval: updates between two reports within an epoch.
  ///   - sink: where reports go.
  ///   - note: receives sentences, such as which checkpoint was saved.
  public init(
    format: LogFormat, interval: Int, sink: LogSink, note: @escaping @Sendable (String) -> Void
  ) {
    progress = ProgressDisplay(format: format, sink: sink)
    self.interval = max(1, interval)
    self.note = note
  }

  /// The averages of the epoch in progress.
  public var memory: JSONValue? { try? JSONValue(encoding: epoch.paused()) }

  /// Goes on with the epoch's averages.
  public mutating func recall(_ memory: JSONValue) {
    guard let saved = try? memory.decoded(as: TrainingTotals.self) else { return }
    epoch = saved
    isResumed = true
  }

  /// Notes what is trained.
  public mutating func trainingBegan(_ run: RunDescription) {
    note("num. model params: \(NumberText.grouped(run.parameterCount))")
    if run.progress.updates > 0 {
      note("going on after \(run.progress.updates) updates, in epoch \(run.progress.epoch)")
    }
  }

  /// Begins the bar.
  public mutating func epochBegan(_ description: EpochDescription) {
    if isResumed, description.done > 0 { epoch.resume() } else { epoch = TrainingTotals() }
    isResumed = false
    inner = TrainingTotals()
    let heading = Report("train", epoch: description.number).heading
    progress.begin(heading, total: description.updates, done: description.done)
  }

  /// Moves the bar; reports at the interval.
  public mutating func updated(_ update: Update) {
    last = update
    inner.add(update)
    epoch.add(update)
    if case .skipped(let reason) = update.outcome { note("update left out: \(reason)") }
    if case .refused(let reason) = update.outcome { note("no update: \(reason)") }
    guard update.number % interval == 0, update.outcome == .applied else {
      return progress.advance(to: update.position)
    }
    var report = Report(
      "train_inner", epoch: update.epoch, position: update.position, total: update.epochUpdates)
    report.add(inner.columns(update))
    progress.log(report)
    inner = TrainingTotals()
  }

  /// Reports a validation.
  public mutating func validated(_ validation: Validation) {
    var report = Report(validation.name, epoch: validation.epoch, subset: validation.name)
    report.add(validation.reportColumns)
    progress.print(report)
    if let value = validation.metric, !value.isFinite {
      note(
        "warning: the validation value of '\(validation.name)' is not finite "
          + "(\(NumberText.general(value))), which counts as no improvement")
    }
  }

  /// Reports the epoch's averages.
  public mutating func epochEnded(_ description: EpochDescription) {
    progress.end()
    var report = Report("train", epoch: description.number)
    report.add(epoch.columns(last))
    progress.print(report)
  }

  /// Notes the file.
  public mutating func saved(_ checkpoint: CheckpointInfo) {
    note(
      "saved \(checkpoint.paths.joined(separator: ", ")) (epoch \(checkpoint.epoch), "
        + "\(checkpoint.updates) updates) in \(NumberText.fixed(checkpoint.seconds, 2)) seconds"
    )
  }

  /// Removes the bar and notes why training ended.
  public mutating func trainingEnded(_ reason: StopReason) {
    progress.end()
    note("\(reason)")
    if let last { note("done training in \(NumberText.fixed(last.totalSeconds, 1)) seconds") }
  }
}
