import Fairline
import Foundation

/// Where results go: standard output, or `generate-SUBSET.txt` in a folder.
///
/// A file appears when it is complete, and an earlier one of its name stays until then.
final class OutputFile {
  private enum Place {
    case output(UnsafeMutablePointer<FILE>)
    case file(FileWriter)
  }

  private let place: Place

  init(folder: String? = nil, subset: String = "") throws {
    guard let folder else {
      // A reader that goes away ends the program quietly, whatever its parent had set.
      signal(SIGPIPE, SIG_DFL)
      guard let opened = fdopen(dup(STDOUT_FILENO), "w") else { throw Self.failure() }
      place = .output(opened)
      return
    }
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw UserError("--results-path \(folder) cannot be made: \(error.localizedDescription)")
    }
    place = .file(try FileWriter(Paths.join(folder, "generate-\(subset).txt")))
  }

  /// Writes lines.
  func write(_ lines: [String]) throws {
    for line in lines {
      var text = line + "\n"
      switch place {
      case .file(let file): try file.write(Array(text.utf8))
      case .output(let file):
        let written = text.withUTF8 { fwrite($0.baseAddress, 1, $0.count, file) }
        guard written == text.utf8.count else { throw Self.failure() }
      }
    }
  }

  /// Makes everything that was written to standard output visible.
  func flush() throws {
    if case .output(let file) = place, fflush(file) != 0 { throw Self.failure() }
  }

  /// Ends the output.
  func finish() throws {
    switch place {
    case .file(let file): try file.finish()
    case .output(let file):
      try flush()
      if fclose(file) != 0 { throw Self.failure() }
    }
  }

  private static func failure() -> UserError {
    UserError("standard output cannot be written: \(String(cString: strerror(errno)))")
  }
}
