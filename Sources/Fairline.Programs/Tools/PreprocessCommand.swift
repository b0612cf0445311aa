import Fairline
import FairlineData
import Foundation

/// What `fairline-preprocess` runs.
public enum PreprocessCommand {
  /// Preprocesses as the command line says, and gives the exit code.
  public static func main(
    arguments: [String] = Array(CommandLine.arguments.dropFirst())
  ) -> Int32 {
    Program.run("fairline-preprocess") {
      let draft = Draft("Preprocessing", PreprocessSettings())
      let parser = try CommandLineParser(
        program: "fairline-preprocess",
        summary: "Makes dictionaries and binary data files from text.", drafts: [draft])
      let parsed = try parser.parse(arguments)
      if try Program.answer(
        parsed.request, parser, version: "fairline-preprocess \(Program.fairlineVersion)")
      {
        return
      }
      parsed.warnings.forEach { Program.note("fairline-preprocess: \($0)") }
      _ = try Preprocessor(draft.value) { Program.note($0) }.run()
    }
  }
}
