import Fairline
import Foundation

/// Where results go: standard output, or `generate-SUBSET.txt` in a folder.
final class OutputFile {
  private let file: UnsafeMutablePointer<FILE>
  private let path: String?

  init(folder: String? = nil, subset: String = "") throws {
    guard let folder else {
      // A reader that goes away ends the program quietly, whatever its parent had set.
      signal(SIGPIPE, SIG_DFL)
      guard let opened = fdopen(dup(STDOUT_FILENO), "w") else {
        throw UserError("standard output cannot be written: \(String(cString: strerror(errno)))")
      }
      file = opened
      path = nil
      return
    }
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw UserError("--results-path \(folder) cannot be made: \(error.localizedDescription)")
    }
    let path = (folder as NSString).appendingPathComponent("generate-\(subset).txt")
    guard let opened = fopen(path, "w") else {
      throw UserError("\(path) cannot be written: \(String(cString: strerror(errno)))")
    }
    file = opened
    self.path = path
  }

  /// Writes lines.
  func write(_ lines: [String]) throws {
    for line in lines {
      var text = line + "\n"
      let written = text.withUTF8 { fwrite($0.baseAddress, 1, $0.count, file) }
      guard written == text.utf8.count else { throw failure() }
    }
  }

  /// Makes everything written visible.
  func flush() throws {
    guard fflush(file) == 0 else { throw failure() }
  }

  /// Ends the file.
  func finish() throws {
    try flush()
    if fclose(file) != 0 { throw failure() }
  }

  private func failure() -> UserError {
    UserError(
      "\(path ?? "standard output") cannot be written: \(String(cString: strerror(errno)))")
  }
}
