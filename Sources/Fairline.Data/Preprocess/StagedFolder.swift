import FairlineFoundation
import Foundation

/// A folder whose new files appear in it together, or not at all.
///
/// Files are written to a folder beside it. ``commit()`` adds what the old folder has besides and
/// exchanges the two in one step, where the file system can; elsewhere, and for a folder that is a
/// mount point or holds folders of its own, files are moved one after another. A run that is
/// stopped before leaves the old folder as it was.
final class StagedFolder {
  /// The folder that the user named.
  let path: String
  /// Where files are written until then.
  let staging: String

  /// Makes the folder to write to; the user's own is not touched yet.
  init(_ path: String) throws {
    let plain = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    self.path = plain
    let real = URL(fileURLWithPath: plain).resolvingSymlinksInPath().path
    staging = FileWriter.temporaryPath(for: real)
    try Paths.makeFolder(staging)
  }

  deinit { Paths.remove(staging) }

  /// Puts the new files into the folder.
  func commit() throws {
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
