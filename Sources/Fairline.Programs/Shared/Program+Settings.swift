import Fairline

extension Program {
  /// Runs a program whose settings are one draft, and gives its exit code.
  ///
  /// - Parameters:
  ///   - summary: one sentence about the program.
  ///   - arguments: the arguments without the program's name.
  ///   - body: the work, which is left out when the command line only asks for information.
  static func run<Settings>(
    _ program: String, _ summary: String, _ arguments: [String], _ draft: Draft<Settings>,
    _ body: (Settings) throws -> Void
  ) -> Int32 {
    runAlone(program) {
      let parser = try CommandLineParser(
        program: program, summary: summary, drafts: [draft], elsewhere: { ProgramFlags.all })
      if try read(arguments, with: parser) == nil { return }
      try body(draft.value)
    }
  }
}
