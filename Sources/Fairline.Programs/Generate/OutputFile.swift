import Fairline
import Foundation

/// Where results go: standard output, or `generate-SUBSET.txt` in a folder.
///
/// A file appears when it is complete, and an earlier one of its name stays until then.
final class OutputFile {
  private enum Place {
    case output(TextStream)
    case file(FileWriter)
  }

  private let place: Place

  init(folder: String? = nil, subset: String = "") throws {
    guard let folder else {
      // A reader that goes away ends the program quietly, whatever its parent had set.
      signal(SIGPIPE, SIG_DFL)
      place = .output(TextStream())
      return
    }
    guard (try? Paths.makeFolder(folder)) != nil else {
      throw UserError(
        "--results-path \(folder) cannot be made: choose a folder that can be written")
    }
    place = .file(try FileWriter(Paths.join(folder, "generate-\(subset).txt")))
  }

  /// Writes lines.
  func write(_ lines: [String]) throws {
    for line in lines {
      switch place {
      case .output(let stream): try stream.write(line + "\n")
      case .file(let file): try file.write(Array((line + "\n").utf8))
      }
    }
  }

  /// Makes everything that was written to standard output visible.
  func flush() throws {
    if case .output(let stream) = place { try stream.flush() }
  }

  /// Ends the output.
  func finish() throws {
    switch place {
    case .output(let stream): try stream.finish()
    case .file(let file): try file.finish()
    }
  }
}
