import FairlineFoundation
import Foundation

/// A folder whose new files appear in it together, or not at all.
///
/// Files are written to a folder beside it. ``commit()`` adds what the old folder has besides and
/// exchanges the two in one step, where the file system can; elsewhere, and for a folder that is a
/// mount point or holds folders of its own, files are moved one after another. A run that is
/// stopped before leaves the old folder as it was; what it wrote is removed at once when it is told
/// to end, else by the next run into the same folder.
package final class StagedFolder {
  /// The folder that the user named.
  package let path: String
  /// Where files are written until then.
  package let staging: String
  /// Keeps a lock that says whose the new files are; it ends with the process.
  private let lock: Int32
  /// What removes the new files when the program is told to end.
  private let cleanup: StopCleanup?

  /// Makes the folder to write to; the user's own is not touched yet.
  ///
  /// - Parameter removedWhenStopped: whether signals that end the program remove the new files
  ///   first; the signals are the whole program's.
  package init(_ path: String, removedWhenStopped: Bool = false) throws {
    let plain = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    self.path = plain
    cleanup = removedWhenStopped ? StopCleanup() : nil
    cleanup?.catchSignals()
    let real = URL(fileURLWithPath: plain).resolvingSymlinksInPath().path
    staging = FileWriter.temporaryPath(for: real)
    cleanup?.watch(staging)
    try Paths.makeFolder(staging)
    lock = open(staging, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if lock >= 0 { _ = flock(lock, LOCK_EX | LOCK_NB) }
    Self.removeLeftovers(beside: real)
  }

  deinit {
    Paths.remove(staging)
    cleanup?.watch(nil)
    if lock >= 0 { close(lock) }
  }

  /// Removes folders of the same kind that nobody holds any more, a minute after the last change.
  private static func removeLeftovers(beside path: String) {
    let parent = Paths.folder(path)
    let prefix = ".\(Paths.name(path))."
    for name in (try? Paths.names(in: parent.isEmpty ? "." : parent)) ?? []
    where name.hasPrefix(prefix) && name.hasSuffix(".partial") {
      let leftover = Paths.join(parent, name)
      var status = stat()
      let descriptor = open(leftover, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
      guard descriptor >= 0 else { continue }
      defer { close(descriptor) }
      guard fstat(descriptor, &status) == 0, time(nil) - status.st_mtim.tv_sec > 60,
        flock(descriptor, LOCK_EX | LOCK_NB) == 0
      else { continue }
      Paths.remove(leftover)
    }
  }

  /// Puts the new files into the folder.
  package func commit() throws {
    guard let cleanup else { return try putInPlace() }
    try cleanup.untouched { try putInPlace() }
  }

  private func putInPlace() throws {
    try Paths.makeFolder(path)
    let names = try Paths.names(in: staging)
    guard try !exchange(names) else { return }
    // Records come last: until then a reader finds that the checksums do not fit.
    for name in names.filter({ !$0.hasSuffix(".json") }) + names.filter({ $0.hasSuffix(".json") }) {
      let target = Paths.join(path, name)
      guard rename(Paths.join(staging, name), target) == 0 else {
        throw FileError.unwritable(target)
      }
    }
  }

  /// Exchanges the folders; false when that is not possible here, and nothing has changed.
  private func exchange(_ names: [String]) throws -> Bool {
    var status = stat()
    guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return false }
    for name in try Paths.names(in: path) where !names.contains(name) {
      let old = Paths.join(path, name)
      guard Paths.isFile(old), link(old, Paths.join(staging, name)) == 0 else { return false }
    }
    chmod(staging, status.st_mode & 0o7777)
    return Paths.exchange(staging, path)
  }
}
