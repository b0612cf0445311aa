public import FairlineTensor

/// Reports at the end of training where the time of an update went.
///
/// The first update is left out: it brings memory into use.
public struct ProfileReport: TrainingObserver {
  private let format: ProductFormat
  private let write: @Sendable (String) -> Void
  private var updates = 0
  private var seconds = 0.0

  /// Makes the report.
  ///
  /// - Parameters:
  ///   - format: of the products, for the rate they are compared with.
  ///   - write: receives the lines.
  public init(format: ProductFormat, write: @escaping @Sendable (String) -> Void) {
    self.format = format
    self.write = write
  }

  /// Counts the update; measuring begins with the second.
  public mutating func updated(_ update: Update) {
    if !Profile.isEnabled {
      Profile.clear()
      Profile.setEnabled(true)
      return
    }
    updates += 1
    seconds += update.seconds
  }

  /// Writes the table.
  public mutating func trainingEnded(_ reason: StopReason) {
    guard Profile.isEnabled, updates > 0, seconds > 0 else { return }
    let entries = Profile.entries
    Profile.setEnabled(false)
    lines(entries).forEach(write)
  }

  private func lines(_ entries: [Profile.Entry]) -> [String] {
    let peak = format.use { ProductRate.measured() }
    var lines = [
      "profile of \(updates) updates, \(Self.number(seconds / Double(updates) * 1000, 1)) ms each; "
        + "\(format.rawValue) products of 1024 x 1024 x 1024 run at \(Self.number(peak, 0)) GF/s",
      "  share      ms   calls     GF/s  of peak  operation",
    ]
    for entry in entries {
      let rate = entry.operations / max(entry.seconds, 1e-9) * 1e-9
      let products =
        entry.operations > 0
        ? Self.column(Self.number(rate, 1), 9) + Self.column(Self.share(rate / peak), 9)
        : Self.column("", 18)
      lines.append(row(entry.seconds, entry.calls, products, entry.label.name))
    }
    let known = entries.reduce(0) { $0 + $1.seconds }
    lines.append(row(seconds - known, updates, Self.column("", 18), "everything else"))
    let work = entries.reduce(0) { $0 + $1.operations }
    let rate = work / seconds * 1e-9
    lines.append(
      "products of a whole update: \(Self.number(rate, 1)) GF/s, \(Self.share(rate / peak)) of the "
        + "rate above"
    )
    return lines
  }

  private func row(_ time: Double, _ calls: Int, _ products: String, _ name: String) -> String {
    Self.column(Self.share(time / seconds), 7)
      + Self.column(Self.number(time / Double(updates) * 1000, 1), 8)
      + Self.column("\(calls / max(updates, 1))", 8) + products + "  " + name
  }

  private static func share(_ value: Double) -> String { number(value * 100, 1) + "%" }

  private static func number(_ value: Double, _ digits: Int) -> String {
    NumberText.fixed(value, digits)
  }

  private static func column(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }
}
