import Foundation

/// Copies of whole files.
package enum FileCopy {
  /// Copies a file to another name, complete and on the disk when this returns.
  ///
  /// Where the file system can, the copy shares its blocks with the original until one of the two
  /// is changed, and costs no time; elsewhere the kernel copies the bytes. An earlier file of the
  /// name stays until the copy is complete.
  ///
  /// - Throws: ``FileError``.
  package static func copy(_ source: String, to target: String) throws {
    let input = open(source, O_RDONLY | O_CLOEXEC)
    guard input >= 0 else { throw FileError.unreadable(source) }
    defer { close(input) }
    let file = try FileWriter(target)
    try file.copyAll(from: input, named: source)
    try file.finish(syncs: true)
  }
}
