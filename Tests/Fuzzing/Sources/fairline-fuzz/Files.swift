import Foundation

/// Files of the folder that the process works in, which belongs to it alone.
enum Files {
  /// Writes a file.
  static func write(_ bytes: some Collection<UInt8>, _ name: String) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: name))
  }

  /// The bytes of a file.
  static func bytes(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: name)))
  }

  /// Makes a folder.
  static func makeFolder(_ name: String) throws {
    try FileManager.default.createDirectory(atPath: name, withIntermediateDirectories: true)
  }

  /// What a body writes to standard output.
  static func output(of body: () -> Void) throws -> String {
    let name = "output.txt"
    let saved = dup(STDOUT_FILENO)
    let file = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0o666)
    dup2(file, STDOUT_FILENO)
    body()
    dup2(saved, STDOUT_FILENO)
    close(saved)
    close(file)
    return String(decoding: try bytes(name), as: UTF8.self)
  }
}
