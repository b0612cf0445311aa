package import Fairline
public import Foundation

/// A folder of golden values below `Tests/Fixtures` of the package, or below a further folder that
/// the variable `FAIRLINE_FIXTURES` names: a list, separated by colons, of folders of the same
/// layout.
package struct FixtureFolder: Sendable {
  /// The folder.
  package let url: URL

  /// The folder of this place.
  package init(_ url: URL) { self.url = url }

  /// The folders of a part, such as `fairseq/models`, in the order of ``roots(file:)``; those that
  /// are absent are left out.
  ///
  /// - Parameter file: a file of the package, such as the test that asks.
  package static func all(_ part: String, file: String = #filePath) -> [FixtureFolder] {
    roots(file: file).map { FixtureFolder($0.url.appendingPathComponent(part)) }.filter(\.exists)
  }

  /// `Tests/Fixtures` of the package, then what `FAIRLINE_FIXTURES` names.
  package static func roots(file: String = #filePath) -> [FixtureFolder] {
    let named = ProcessInfo.processInfo.environment["FAIRLINE_FIXTURES"] ?? ""
    return [FixtureFolder(package(of: file).appendingPathComponent("Tests/Fixtures"))]
      + named.split(separator: ":").map { FixtureFolder(URL(fileURLWithPath: String($0))) }
  }

  /// The JSON files of a part of one kind, in order.
  ///
  /// - Parameter path: what tells the kind: the name of a member, such as `traces`, or of a list
  ///   and a member that its first element
  ///   has, such as `cases.src_lengths`.
  package static func documents(
    _ part: String, holding path: String, file: String = #filePath
  ) -> [FixtureDocument] {
    all(part, file: file).flatMap { $0.files(withExtension: "json") }
      .compactMap { try? FixtureDocument($0) }.filter { $0.holds(path) }
  }

  /// The folder of the package that a file belongs to.
  package static func package(of file: String = #filePath) -> URL {
    var root = URL(fileURLWithPath: file)
    while root.path != "/",
      !FileManager.default.fileExists(atPath: root.appendingPathComponent("Package.swift").path)
    {
      root.deleteLastPathComponent()
    }
    return root
  }

  /// Whether the folder is there.
  package var exists: Bool { FileManager.default.fileExists(atPath: url.path) }

  /// Whether the folder holds something of a name.
  package func contains(_ name: String) -> Bool {
    FileManager.default.fileExists(atPath: url.appendingPathComponent(name).path)
  }

  /// The folders inside, sorted by name.
  package var folders: [URL] {
    entries.filter { (try? $0.resourceValues(forKeys: [.isDirectoryKey]))?.isDirectory == true }
  }

  /// The files inside, sorted by name.
  package var files: [URL] {
    entries.filter { (try? $0.resourceValues(forKeys: [.isDirectoryKey]))?.isDirectory == false }
  }

  /// The files inside with an extension, sorted by name.
  package func files(withExtension name: String) -> [URL] {
    files.filter { $0.pathExtension == name }
  }

  /// The paths of the files below the folder, however deep, sorted.
  package var paths: [String] {
    let walk = FileManager.default.enumerator(
      at: url, includingPropertiesForKeys: [.isDirectoryKey])
    let files = (walk?.compactMap { $0 as? URL } ?? []).filter {
      (try? $0.resourceValues(forKeys: [.isDirectoryKey]))?.isDirectory == false
    }
    let prefix = url.standardizedFileURL.path + "/"
    return files.map { String($0.standardizedFileURL.path.dropFirst(prefix.count)) }.sorted()
  }

  /// The value of a JSON file inside.
  ///
  /// - Throws: what reading or parsing it throws.
  package func json(_ path: String) throws -> JSONValue {
    try Self.json(url.appendingPathComponent(path))
  }

  /// The value of a JSON file.
  ///
  /// - Throws: what reading or parsing it throws.
  package static func json(_ file: URL) throws -> JSONValue {
    try Data(contentsOf: file).withUnsafeBytes { try JSONValue(parsing: $0) }
  }

  private var entries: [URL] {
    let found = try? FileManager.default.contentsOfDirectory(
      at: url, includingPropertiesForKeys: [.isDirectoryKey])
    return (found ?? []).sorted { $0.lastPathComponent < $1.lastPathComponent }
  }
}

/// Makes an empty folder for one test and removes it afterwards.
public func withTemporaryFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
  let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("fairline-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try body(folder)
}
