import Foundation

/// The right to write checkpoints to a folder: one process has it, and loses it when it ends,
/// however that happens.
final class FolderLock {
  private let descriptor: Int32

  /// Takes the right.
  ///
  /// A file system that knows no locks gives it to everybody.
  ///
  /// - Throws: `UserError` when somebody else has it.
  init(_ path: String) throws {
    descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0, flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK else {
      return
    }
    close(descriptor)
    throw UserError(
      "--save-dir \(path) is in use by another training: wait until that ends, or choose another "
        + "folder")
  }

  deinit { if descriptor >= 0 { close(descriptor) } }
}
