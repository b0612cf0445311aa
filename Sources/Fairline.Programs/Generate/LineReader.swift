import Fairline
import Foundation

/// Reads lines of UTF-8 from a file or standard input, one at a time.
final class LineReader {
  private let file: UnsafeMutablePointer<FILE>
  private let name: String
  private var line: UnsafeMutablePointer<CChar>?
  private var capacity = 0
  private var number = 0

  /// Opens a file; `-` is standard input.
  init(_ path: String) throws {
    if path == "-" {
      guard let opened = fdopen(dup(STDIN_FILENO), "r") else {
        throw UserError("standard input cannot be read: \(String(cString: strerror(errno)))")
      }
      (file, name) = (opened, "standard input")
      return
    }
    guard let opened = fopen(path, "r") else {
      throw UserError("--input \(path) cannot be read: \(String(cString: strerror(errno)))")
    }
    (file, name) = (opened, path)
  }

  deinit {
    free(line)
    fclose(file)
  }

  /// The next line without its end, nil after the last one.
  func next() throws -> String? {
    let read = getline(&line, &capacity, file)
    guard read >= 0, let line else { return nil }
    number += 1
    let bytes = UnsafeRawBufferPointer(start: line, count: read)
    var length = read
    while length > 0, bytes[length - 1] == 0x0A || bytes[length - 1] == 0x0D { length -= 1 }
    guard let text = String(validating: bytes.prefix(length), as: UTF8.self) else {
      throw UserError("\(name), line \(number), is not UTF-8: convert it, with iconv for example")
    }
    return text
  }
}
