import Foundation

/// Reads lines of UTF-8 from a file or standard input, one at a time, as ``Lines`` ends them.
package final class LineReader {
  private let file: UnsafeMutablePointer<FILE>
  private let path: String
  private let flag: String
  private var line: UnsafeMutablePointer<CChar>?
  private var capacity = 0
  private var number = 0

  /// Opens a file.
  ///
  /// - Parameters:
  ///   - path: where the file lies; `-` is standard input.
  ///   - flag: the flag that named it, for errors.
  /// - Throws: ``UserError`` when the file cannot be read.
  package init(_ path: String, flag: String) throws {
    let opened = path == "-" ? fdopen(dup(STDIN_FILENO), "r") : fopen(path, "r")
    guard let opened else {
      throw UserError("\(flag): \(Self.name(path)) cannot be read")
    }
    (file, self.path, self.flag) = (opened, path, flag)
  }

  deinit {
    free(line)
    fclose(file)
  }

  /// The next line without its end, nil after the last one.
  ///
  /// - Throws: ``UserError`` naming the line that is not UTF-8, or the file that cannot be read.
  package func next() throws -> String? {
    let read = getline(&line, &capacity, file)
    guard read >= 0, let line else {
      if ferror(file) != 0 { throw UserError("\(flag): \(Self.name(path)) cannot be read") }
      return nil
    }
    number += 1
    var text: String?
    line.withMemoryRebound(to: UInt8.self, capacity: read) { bytes in
      Lines.forEach(in: UnsafeBufferPointer(start: bytes, count: read)) {
        text = String(validating: $0, as: UTF8.self)
      }
    }
    guard let text else {
      throw UserError(
        "\(flag): line \(number) of \(Self.name(path)) is not UTF-8: convert it, with iconv for "
          + "example"
      )
    }
    return text
  }

  /// All lines that are left.
  package func rest() throws -> [String] {
    var lines: [String] = []
    while let line = try next() { lines.append(line) }
    return lines
  }

  private static func name(_ path: String) -> String {
    path == "-" ? "standard input" : "the file '\(path)'"
  }
}
