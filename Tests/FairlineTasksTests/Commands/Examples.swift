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

  /// Builds an example with its tests and returns its program.
  static func program(_ name: String, of package: String) throws -> URL {
    let build = try swift(["build", "--build-tests"], in: package)
    try #require(build.code == 0, "\(build.output) \(build.errors)")
    return products.appendingPathComponent("release").appendingPathComponent(name)
  }

  /// Builds an example and runs its own tests.
  static func test(_ package: String) throws -> (code: Int32, output: String, errors: String) {
    let build = try swift(["build", "--build-tests"], in: package)
    guard build.code == 0 else { return build }
    // Built as tests alone, the modules would have other flags and be compiled again.
    return try swift(["test", "--skip-build"], in: package)
  }

  private static var products: URL { root.appendingPathComponent(".build/examples") }

  private static func swift(
    _ arguments: [String], in package: String
  ) throws -> (code: Int32, output: String, errors: String) {
    lock.lock()
    defer { lock.unlock() }
    // The plan of another package would pass for this one's.
    try? FileManager.default.removeItem(at: products.appendingPathComponent("release.yaml"))
    return try Programs.run(
      URL(fileURLWithPath: "/usr/bin/env"),
      ["swift"] + arguments + ["-c", "release", "--scratch-path", products.path],
      in: root.appendingPathComponent("examples").appendingPathComponent(package))
  }
}
