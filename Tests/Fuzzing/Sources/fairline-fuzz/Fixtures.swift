import Foundation

/// Files of the project that inputs are made from.
enum Fixtures {
  private static let tests = (0..<4).reduce(URL(fileURLWithPath: #filePath)) { folder, _ in
    folder.deletingLastPathComponent()
  }

  /// Small files of other programs, in name order.
  static func seeds(of target: String) throws -> [[UInt8]] {
    let folder = tests.appendingPathComponent("Fuzzing/Seeds/\(target)").path
    let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    precondition(!names.isEmpty, "no seeds of \(target)")
    return try names.map { try Files.bytes("\(folder)/\($0)") }
  }

  /// Copies a folder of models of other programs.
  static func copyModel(_ name: String, to folder: String) throws {
    try FileManager.default.copyItem(
      atPath: tests.appendingPathComponent("Fixtures/interop/\(name)/model").path, toPath: folder)
  }
}
