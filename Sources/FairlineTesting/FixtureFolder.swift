public import Fairline
public import Foundation

/// The folder of golden values: what the variable `FAIRLINE_FIXTURES` names, otherwise `../shared/fixtures` beside the package.
public struct FixtureFolder: Sendable {
  /// The folder.
  public let url: URL

  /// Finds a part of the fixtures from the place of a test file, `Tests/Target/File.swift` or deeper.
  public init(_ part: String, file: String = #filePath) {
    if let named = ProcessInfo.processInfo.environment["FAIRLINE_FIXTURES"] {
      url = URL(fileURLWithPath: named).appendingPathComponent(part)
      return
    }
    var root = URL(fileURLWithPath: file)
    while root.path != "/",
      !FileManager.default.fileExists(atPath: root.appendingPathComponent("Package.swift").path)
    {
      root.deleteLastPathComponent()
    }
    url = root.deletingLastPathComponent().appendingPathComponent("shared/fixtures/\(part)")
  }

  /// Whether the folder is there.
  public var exists: Bool { FileManager.default.fileExists(atPath: url.path) }

  /// The folders inside, sorted by name.
  public var folders: [URL] {
    entries.filter { (try? $0.resourceValues(forKeys: [.isDirectoryKey]))?.isDirectory == true }
  }

  /// The files inside with an extension, sorted by name.
  public func files(withExtension name: String) -> [URL] {
    entries.filter { $0.pathExtension == name }
  }

  /// The paths below the folder, however deep, that end so, sorted.
  public func paths(endingIn ending: String) -> [String] {
    let walk = FileManager.default.enumerator(atPath: url.path)
    return (walk?.compactMap { $0 as? String } ?? []).filter { $0.hasSuffix(ending) }.sorted()
  }

  /// The value of a JSON file inside.
  ///
  /// - Throws: what reading or parsing it throws.
  public func json(_ path: String) throws -> JSONValue {
    try Data(contentsOf: url.appendingPathComponent(path)).withUnsafeBytes {
      try JSONValue(parsing: $0)
    }
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
