import Foundation

/// The right to write checkpoints to a folder: one process has it, and loses it when it ends,
/// however that happens.
package final class FolderLock {
  private let descriptor: Int32
  /// Why there is no lock, as a note; nil where there is one.
  package let absence: String?

  /// Takes the right.
  ///
  /// A file system that knows no locks gives it to everybody, and ``absence`` says so.
  ///
  /// - Parameter lock: locks an open folder, as `flock` does.
  /// - Throws: `UserError` when somebody else has it.
  package init(
    _ path: String, lock: (Int32) -> Int32 = { flock($0, LOCK_EX | LOCK_NB) }
  ) throws {
    descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor < 0 || lock(descriptor) != 0 else {
      absence = nil
      return
    }
    let code = errno
    if descriptor >= 0, code == EWOULDBLOCK {
      close(descriptor)
      throw UserError(
        "--save-dir \(path) is in use by another training: wait until that ends, or choose another "
          + "folder")
    }
    absence =
      "--save-dir \(path) cannot be locked (\(String(cString: strerror(code)))): see to it that no "
      + "other training writes to it"
  }

  deinit { if descriptor >= 0 { close(descriptor) } }
}
