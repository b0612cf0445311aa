import Foundation

#if canImport(Glibc)
import Glibc
#endif

/// Where log lines go: standard error, a file besides, and a progress bar below them.
///
/// A line that is written while a bar is shown stands above it. Safe to use from several threads.
public final class LogSink: @unchecked Sendable {
  // All state is used under the lock only.
  private let lock = NSLock()
  private let descriptor: Int32
  private let file: AppendedFile?
  private var bar = ""
  private var lastDrawn = -1.0
  /// Why lines were lost that went to the descriptor.
  private var loss: Int32?

  /// Whether the lines go to a terminal.
  package let isTerminal: Bool

  /// A sink on standard error unless told otherwise.
  ///
  /// - Parameters:
  ///   - path: a file that gets a copy of every line, appended; nil for none.
  ///   - descriptor: the open file to write to.
  /// - Throws: `UserError` when the file cannot be written.
  public init(copyingTo path: String? = nil, descriptor: Int32 = 2) throws {
    self.descriptor = descriptor
    isTerminal = isatty(descriptor) == 1
    file = try path.map { try AppendedFile($0, flag: "--log-file") }
  }

  /// Throws `UserError` when the file has not got every line.
  public func check() throws { try lock.withLock { try file?.check() } }

  /// Throws `UserError` when lines are neither where the log goes nor in a file.
  package func checkAnyCopy() throws {
    try check()
    try lock.withLock {
      guard file == nil, let loss else { return }
      throw UserError("the log cannot be written: \(String(cString: strerror(loss)))")
    }
  }

  /// Writes a line.
  public func write(_ line: String) {
    lock.withLock {
      put(bar.isEmpty ? line + "\n" : erasing + line + "\n" + bar)
      file?.write(line)
    }
  }

  /// Draws a bar, at most ten times a second, unless this is no terminal.
  public func draw(_ progress: @autoclosure () -> ProgressBar, at now: Double = Seconds.now()) {
    guard isTerminal else { return }
    lock.withLock {
      guard lastDrawn < 0 || now - lastDrawn >= 0.1 else { return }
      lastDrawn = now
      let text = progress().text(width: width - Self.margin)
      put(erasing + text)
      bar = text
    }
  }

  /// Removes the bar.
  public func clear() {
    lock.withLock {
      if !bar.isEmpty { put(erasing) }
      bar = ""
      lastDrawn = -1
    }
  }

  /// Columns left free behind a bar: a terminal shows `^C` there without breaking the line.
  private static let margin = 3

  /// What removes the bar; when the terminal has become narrower, the bar stands on several lines.
  private var erasing: String {
    let above = bar.isEmpty ? 0 : (bar.count - 1) / width
    return "\r" + (above > 0 ? "\u{1B}[\(above)A" : "") + "\u{1B}[J"
  }

  private var width: Int {
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  private func put(_ text: String) {
    var text = text
    let code = text.withUTF8 { writeAll(UnsafeRawBufferPointer($0), to: descriptor) }
    loss = loss ?? code
  }
}
