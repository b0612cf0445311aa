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
  private var isTried = false

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
  func write(_ line: String) { put(line + "\n") }

  private func put(_ line: String) {
    isTried = true
    var text = line
    text.withUTF8 { bytes in
      if let code = writeAll(UnsafeRawBufferPointer(bytes), to: descriptor) {
        failure = failure ?? code
      }
    }
  }

  /// Throws ``UserError`` when a line could not be written, or before the first when none can be.
  func check() throws {
    if !isTried { tryToWrite() }
    if let failure { throw error(failure) }
  }

  /// Writes a space, which no reader of lines or of JSON minds, and takes it back from a file.
  private func tryToWrite() {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return }
    let kind = status.st_mode & S_IFMT
    guard kind == S_IFREG || kind == S_IFCHR else { return }
    put(" ")
    if kind == S_IFREG { _ = ftruncate(descriptor, status.st_size) }
  }

  private func error(_ code: Int32) -> UserError {
    UserError("\(flag) \(path) cannot be written: \(String(cString: strerror(code)))")
  }
}
