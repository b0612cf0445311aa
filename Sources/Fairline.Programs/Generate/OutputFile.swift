import Fairline
import Foundation

/// Where results go: standard output, or `generate-SUBSET.txt` in a folder.
final class OutputFile {
  private let stream: TextStream

  init(folder: String? = nil, subset: String = "") throws {
    guard let folder else {
      // A reader that goes away ends the program quietly, whatever its parent had set.
      signal(SIGPIPE, SIG_DFL)
      stream = TextStream()
      return
    }
    guard (try? Paths.makeFolder(folder)) != nil else {
      throw UserError(
        "--results-path \(folder) cannot be made: choose a folder that can be written")
    }
    stream = try TextStream(Paths.join(folder, "generate-\(subset).txt"))
  }

  /// Writes lines.
  func write(_ lines: [String]) throws {
    for line in lines { try stream.write(line + "\n") }
  }

  /// Makes everything written visible.
  func flush() throws { try stream.flush() }

  /// Ends the file.
  func finish() throws { try stream.finish() }
}
