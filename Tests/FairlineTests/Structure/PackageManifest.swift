import Foundation
import Testing

/// What this package's manifest says of its modules, and what their files import.
struct PackageManifest {
  /// A module, its folder, and the modules and libraries that it may import.
  struct Module {
    let name: String
    let folder: String
    let needs: [String]
  }

  let root: URL
  /// In the order of the manifest.
  let modules: [Module]

  init(at root: URL) throws {
    self.root = root
    let text = try String(contentsOf: root.appendingPathComponent("Package.swift"), encoding: .utf8)
    let declaration = /module\(\s*"(\w+)",\s*at:\s*"([\w.]+)",\s*needs:\s*\[([^\]]*)\]/
    modules = text.matches(of: declaration).map { match in
      Module(
        name: String(match.1), folder: "Sources/\(match.2)",
        needs: match.3.matches(of: /"(\w+)"/).map { String($0.1) })
    }
  }

  /// The package that this file is part of.
  static func own() throws -> PackageManifest {
    let up = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    return try PackageManifest(at: up.appendingPathComponent("../../..").standardizedFileURL)
  }

  /// The Swift files of a folder, with all that is inside.
  func files(in folder: String) throws -> [URL] {
    let place = root.appendingPathComponent(folder)
    let found = try #require(
      FileManager.default.enumerator(at: place, includingPropertiesForKeys: nil))
    return found.compactMap { $0 as? URL }.filter { $0.pathExtension == "swift" }
  }

  /// The modules that a file imports.
  static func imports(of file: URL) throws -> Set<String> {
    let line =
      #/
      ^ (?: @\w+ (?:\(\w+\))? \ + )*
      (?: (?:public|package|internal|private|fileprivate) \ + )?
      import \ +
      (?: (?:struct|class|enum|protocol|func|var|let|typealias) \ + )?
      (\w+)
      /#.anchorsMatchLineEndings()
    let text = try String(contentsOf: file, encoding: .utf8)
    return Set(text.matches(of: line).map { String($0.1) })
  }
}
