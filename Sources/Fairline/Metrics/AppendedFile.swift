import Foundation

/// A file that lines are appended to, which remembers the first one that could not be written.
///
/// A full disk does not break training off: ``check()`` tells of it at the end. Not safe to use
/// from several threads.
final class AppendedFile {
  private let path: String
  private let flag: String
  private let descriptor: Int32
  private var failure: Int32?

  /// Opens a file, or makes it.
  ///
  /// - Parameter flag: the flag that named it, for errors.
  /// - Throws: ``UserError`` when it cannot be written.
  init(_ path: String, flag: String) throws {
    (self.path, self.flag) = (path, flag)
    descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw error(errno) }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Appends a line.
  func write(_ line: String) {
    var text = line + "\n"
    text.withUTF8 { bytes in
      var done = 0
      while done < bytes.count {
        let written = Glibc.write(
          descriptor, bytes.baseAddress?.advanced(by: done), bytes.count - done)
        if written < 0, errno == EINTR { continue }
        guard written > 0 else {
          failure = failure ?? errno
          return
        }
        done += written
      }
    }
  }

  /// Throws ``UserError`` when a line could not be written.
  func check() throws {
    if let failure { throw error(failure) }
  }

  private func error(_ code: Int32) -> UserError {
    UserError("\(flag) \(path) cannot be written: \(String(cString: strerror(code)))")
  }
}
