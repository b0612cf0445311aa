import Foundation
import Testing

/// The packages under `examples`, built in one common folder, so that the library is built for all
/// of them once.
enum Examples {
  private static let lock = NSLock()

  /// The folder of the package.
  static var root: URL {
    var root = URL(fileURLWithPath: #filePath)
    while !FileManager.default.fileExists(
      atPath: root.appendingPathComponent("Package.swift").path)
    {
      root.deleteLastPathComponent()
    }
    return root
  }

  /// Builds an example and returns its program.
  static func program(_ name: String, of package: String) throws -> URL {
    lock.lock()
    defer { lock.unlock() }
    let folder = root.appendingPathComponent("examples").appendingPathComponent(package)
    let products = root.appendingPathComponent(".build/examples")
    // The plan of another package would pass for this one's.
    try? FileManager.default.removeItem(at: products.appendingPathComponent("release.yaml"))
    let build = try Programs.run(
      URL(fileURLWithPath: "/usr/bin/env"),
      ["swift", "build", "-c", "release", "--scratch-path", products.path], in: folder)
    try #require(build.code == 0, "\(build.output) \(build.errors)")
    return products.appendingPathComponent("release").appendingPathComponent(name)
  }
}
