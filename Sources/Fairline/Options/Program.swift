#if canImport(Glibc)
import Glibc
#endif

/// What the mains of all programs share: where messages go and what the exit codes mean.
public enum Program {
  /// Runs a program's body and gives its exit code: 0, 2 for a usage error, 1 for any other.
  ///
  /// An error's description goes to standard error as one line behind the program's name.
  public static func run(_ name: String, _ body: () throws -> Void) -> Int32 {
    do {
      try body()
      return 0
    } catch {
      note("\(name): \(error)")
      return error is OptionError || error is RegistryError ? 2 : 1
    }
  }

  /// Writes a line to standard error.
  public static func note(_ line: String) {
    var text = line + "\n"
    text.withUTF8 { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }

  /// Prints what was asked for instead of work; false when nothing was.
  ///
  /// - Parameter version: the text of `--version`.
  public static func answer(
    _ request: InformationRequest?, _ parser: CommandLineParser, version: @autoclosure () -> String
  ) -> Bool {
    switch request {
    case nil: return false
    case .help: print(parser.help(), terminator: "")
    case .version: print(version())
    case .settings: print(parser.resolvedSettings().prettyText)
    case .completion(let shell): print(parser.completionScript(for: shell), terminator: "")
    }
    return true
  }
}
