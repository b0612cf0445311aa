/// Shows how far an epoch or a translation has come, in one of the log formats.
///
/// On a terminal, ``LogFormat/tqdm`` is a bar that is redrawn; elsewhere it is
/// ``LogFormat/simple``.
package struct ProgressDisplay {
  private let format: LogFormat
  private let sink: LogSink
  private var heading = ""
  private var total: Int?
  private var skipped = 0
  private var begun = 0.0
  private var values = ""

  /// A display.
  ///
  /// - Parameters:
  ///   - format: how reports are written.
  ///   - sink: where they go.
  package init(format: LogFormat, sink: LogSink) {
    self.format = format == .tqdm && !sink.isTerminal ? .simple : format
    self.sink = sink
  }

  /// Begins an epoch, or anything else that has steps.
  ///
  /// - Parameters:
  ///   - heading: what stands before the bar.
  ///   - total: all steps, when known.
  ///   - done: steps that are done already.
  package mutating func begin(
    _ heading: String, total: Int?, done: Int = 0, at now: Double = Seconds.now()
  ) {
    self.heading = heading
    self.total = total
    skipped = done
    begun = now
    values = ""
  }

  /// Moves the bar; other formats show nothing.
  package func advance(to done: Int, at now: Double = Seconds.now()) {
    guard format == .tqdm else { return }
    sink.draw(bar(done, now), at: now)
  }

  /// Shows a report within an epoch: behind the bar, or as a line of its own.
  package mutating func log(_ report: Report, at now: Double = Seconds.now()) {
    if format == .tqdm {
      values = report.commaText
      sink.draw(bar(report.position ?? skipped, now), at: now)
    } else {
      print(report)
    }
  }

  /// Shows a report as a line, whatever the format but ``LogFormat/none``.
  package func print(_ report: Report) {
    guard let line = report.line(format) else { return }
    sink.write(LogLine.text(line, name: report.tag))
  }

  /// Removes the bar.
  package func end() { sink.clear() }

  private func bar(_ done: Int, _ now: Double) -> ProgressBar {
    var bar = ProgressBar(
      heading: heading, done: done, total: total, seconds: now - begun, skipped: skipped)
    bar.values = values
    return bar
  }
}
