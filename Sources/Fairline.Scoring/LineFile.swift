import Foundation

/// Files of sentences.
package enum LineFile {
  /// The lines of a file, or of standard input for `-`; a carriage return at a line's end is cut.
  ///
  /// - Throws: ``ScoreError`` when the file cannot be read, or naming the line that is not UTF-8.
  package static func read(_ path: String, flag: String) throws -> [String] {
    let data: Data
    if path == "-" {
      data = try FileHandle.standardInput.readToEnd() ?? Data()
    } else if let contents = FileManager.default.contents(atPath: path) {
      data = contents
    } else {
      throw ScoreError.unreadable(flag: flag, path: path)
    }
    return try data.withUnsafeBytes { try lines($0, path: path, flag: flag) }
  }

  private static func lines(
    _ bytes: UnsafeRawBufferPointer, path: String, flag: String
  ) throws -> [String] {
    var result: [String] = []
    var start = 0
    while start < bytes.count {
      let rest = bytes[start...]
      let end = rest.firstIndex(of: 0x0A) ?? bytes.count
      let cut = end > start && bytes[end - 1] == 0x0D ? end - 1 : end
      guard let line = String(validating: bytes[start..<cut], as: UTF8.self) else {
        throw ScoreError.encoding(flag: flag, path: path, line: result.count + 1)
      }
      result.append(line)
      start = end + 1
    }
    return result
  }
}
