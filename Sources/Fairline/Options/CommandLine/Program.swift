#if canImport(Glibc)
import Glibc
#endif

/// What the mains of all programs share: where messages go and what the exit codes mean.
public enum Program {
  /// Runs a program's body and gives its exit code: 0, 2 for a usage error, 1 for any other.
  ///
  /// An error's description goes to standard error as one line behind the program's name.
  public static func run(_ name: String, _ body: () throws -> Void) -> Int32 {
    takeClosedDescriptors()
    MappedFile.reportShortened(by: name)
    // A limit on the size of files is an error of the call that writes, not the process' end.
    signal(SIGXFSZ, SIG_IGN)
    do {
      try body()
      return 0
    } catch {
      note("\(name): \(error)")
      return error is OptionError || error is RegistryError ? 2 : 1
    }
  }

  /// Opens standard input, output and error where whoever started the program closed them.
  ///
  /// Else the next file that is opened would take such a number, and get what is meant for others:
  /// notes among results. What cannot be read or written there fails as a closed one does.
  private static func takeClosedDescriptors() {
    for number in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(number, F_GETFD) < 0 {
      // The lowest free number is this one.
      _ = open("/dev/null", number == STDOUT_FILENO ? O_RDONLY : O_WRONLY)
    }
  }

  /// Writes a line to standard error.
  public static func note(_ line: String) {
    var text = line + "\n"
    text.withUTF8 { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }

  /// Writes text to standard output.
  ///
  /// - Throws: `UserError` when not all of it can be written.
  public static func put(_ text: String) throws {
    let output = TextStream()
    try output.write(text)
    try output.flush()
  }

  /// Reads a command line into a parser's drafts, and notes flags without effect; nil when it only
  /// asked for information, which is printed.
  ///
  /// - Parameters:
  ///   - version: the text of `--version`; name and version of the program when nil.
  ///   - warnings: further sentences for the user about what was read.
  /// - Throws: `OptionError` for what is not understood, `UserError` when standard output cannot be
  ///   written.
  public static func read(
    _ arguments: [String], with parser: CommandLineParser,
    version: @autoclosure () -> String? = nil,
    warnings: (ParsedCommandLine) -> [String] = { _ in [] }
  ) throws -> ParsedCommandLine? {
    let parsed = try parser.parse(arguments)
    for line in parsed.warnings + warnings(parsed) { note("\(parser.program): \(line)") }
    switch parsed.request {
    case nil: return parsed
    case .help: try put(parser.help())
    case .version: try put((version() ?? "\(parser.program) \(fairlineVersion)") + "\n")
    case .settings: try put(parser.resolvedSettings().prettyText + "\n")
    case .completion(let shell): try put(parser.completionScript(for: shell))
    }
    return nil
  }
}
