import Fairline
import Foundation

/// The folder of golden files: the variable `FAIRLINE_FIXTURES`, or beside the package.
enum Fixtures {
  static let root: URL = {
    if let path = ProcessInfo.processInfo.environment["FAIRLINE_FIXTURES"] {
      return URL(fileURLWithPath: path)
    }
    var folder = URL(fileURLWithPath: #filePath)
    while folder.path != "/" {
      folder.deleteLastPathComponent()
      let manifest = folder.appendingPathComponent("Package.swift").path
      if FileManager.default.fileExists(atPath: manifest) { break }
    }
    return folder.deletingLastPathComponent().appendingPathComponent("shared/fixtures")
  }()

  static func exists(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: root.appendingPathComponent(path).path)
  }

  static func json(_ path: String) throws -> JSONValue {
    try Data(contentsOf: root.appendingPathComponent(path)).withUnsafeBytes {
      try JSONValue(parsing: $0)
    }
  }

  /// All files below the folder with this ending.
  static func files(_ ending: String) -> [String] {
    let walk = FileManager.default.enumerator(atPath: root.path)
    return (walk?.compactMap { $0 as? String } ?? []).filter { $0.hasSuffix(ending) }.sorted()
  }
}
