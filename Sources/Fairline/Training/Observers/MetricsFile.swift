/// Writes every report as a line of JSON with unrounded numbers, for programs that draw curves.
public final class MetricsFile: TrainingObserver {
  private let file: AppendedFile
  private let interval: Int
  private var inner = TrainingTotals()
  private var epoch = TrainingTotals()
  private var last: Update?

  /// Opens a file for appending.
  ///
  /// - Parameter interval: updates between two lines within an epoch.
  /// - Throws: `UserError` when the file cannot be written.
  public init(path: String, interval: Int) throws {
    file = try AppendedFile(path, flag: "--metrics-file")
    self.interval = max(1, interval)
  }

  /// Its averages are those since the program's start; nothing is kept.
  public func epochBegan(_ epoch: EpochDescription) {
    inner = TrainingTotals()
    self.epoch = TrainingTotals()
  }

  /// Writes a line at the interval.
  public func updated(_ update: Update) {
    last = update
    inner.add(update)
    epoch.add(update)
    guard update.number % interval == 0, update.outcome == .applied else { return }
    write("train_inner", update.epoch, inner.columns(update))
    inner = TrainingTotals()
  }

  /// Writes the epoch's averages.
  public func epochEnded(_ description: EpochDescription) {
    write("train", description.number, epoch.columns(last))
  }

  /// Writes a validation.
  public func validated(_ validation: Validation) {
    write("valid", validation.epoch, validation.reportColumns, subset: validation.name)
  }

  /// Throws `UserError` when a line could not be written.
  public func check() throws { try file.check() }

  private func write(
    _ tag: String, _ epoch: Int, _ columns: [ReportColumn], subset: String? = nil
  ) {
    var members = JSONObject()
    members["tag"] = .string(tag)
    if let subset { members["subset"] = .string(subset) }
    members["epoch"] = .integer(epoch)
    for column in columns {
      members[column.key] = Int(exactly: column.value).map { .integer($0) } ?? .number(column.value)
    }
    file.write(JSONValue.object(members).compactText)
  }
}
