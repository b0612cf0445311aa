import CFairlineSystem
import Foundation

/// Questions about paths that preprocessing and loading ask.
package enum Paths {
  package static func exists(_ path: String) -> Bool {
    access(path, F_OK) == 0
  }

  package static func isFile(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }

  package static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  package static func join(_ folder: String, _ name: String) -> String {
    folder.isEmpty ? name : folder.hasSuffix("/") ? folder + name : folder + "/" + name
  }

  /// The last part of a path; `/` for the root.
  package static func name(_ path: String) -> String {
    let (start, end) = lastPart(of: path)
    return start == end && path.hasPrefix("/") ? "/" : String(path[start..<end])
  }

  /// The path without its last part; empty when it has only one.
  package static func folder(_ path: String) -> String {
    let folder = path[..<lastPart(of: path).start]
    let end = folder.utf8.lastIndex { $0 != slash }.map(folder.utf8.index(after:))
    guard let end else { return folder.hasPrefix("/") ? "/" : "" }
    return String(folder[..<end])
  }

  private static let slash = UInt8(ascii: "/")

  /// Where the last part begins and ends, slashes behind it left out.
  ///
  /// Foundation's own way stops the process on `x` and `//`.
  private static func lastPart(of path: String) -> (start: String.Index, end: String.Index) {
    let bytes = path.utf8
    guard let last = bytes.lastIndex(where: { $0 != slash }) else {
      return (path.endIndex, path.endIndex)
    }
    let start = bytes[..<last].lastIndex(of: slash).map(bytes.index(after:)) ?? path.startIndex
    return (start, bytes.index(after: last))
  }

  /// Exchanges two files or folders in one step; false where that is not possible.
  package static func exchange(_ left: String, _ right: String) -> Bool {
    fl_exchange(left, right)
  }

  /// Makes a folder and the ones above it.
  package static func makeFolder(_ path: String) throws {
    do {
      try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: true)
    } catch {
      throw UserError("cannot make the folder '\(path)'; check its name and permissions")
    }
  }

  /// Removes a file, or a folder with all that is in it; what cannot be removed stays.
  package static func remove(_ path: String) {
    try? FileManager.default.removeItem(atPath: path)
  }

  /// The names in a folder, sorted by their bytes.
  package static func names(in folder: String) throws -> [String] {
    do {
      let names = try FileManager.default.contentsOfDirectory(atPath: folder)
      return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    } catch {
      throw UserError("cannot read the folder '\(folder)'; check the data path")
    }
  }
}
