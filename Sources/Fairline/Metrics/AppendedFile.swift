/// A file that lines are appended to, which remembers the first one that could not be written.
///
/// A full disk does not break training off: ``check()`` tells of it at the end. Not safe to use
/// from several threads.
final class AppendedFile {
  private let stream: TextStream
  private var failure: (any Error)?

  /// Opens a file, or makes it.
  ///
  /// - Parameter flag: the flag that named it, for errors.
  /// - Throws: ``UserError`` when it cannot be written.
  init(_ path: String, flag: String) throws {
    stream = try TextStream(path, name: "\(flag) \(path)", appends: true)
  }

  /// Appends a line.
  func write(_ line: String) {
    do {
      try stream.write(line + "\n")
      try stream.flush()
    } catch {
      failure = failure ?? error
    }
  }

  /// Throws ``UserError`` when a line could not be written.
  func check() throws {
    if let failure { throw failure }
  }
}
