public import Fairline
import Foundation

/// What `fairline-interactive` reads.
struct InteractiveSettings: Configuration {
  var data = ""
  var input = "-"
  var bufferSize = 0
  var batchSize: Int?
  var maxTokens: Int?
  var verify = true

  static var options: [Option<Self>] {
    [
      Option(positional: "data", \.data, "data folder, when the model lacks dictionaries"),
      Option("input", \.input, "file of lines to translate; - for standard input"),
      Option(
        "buffer-size", \.bufferSize, in: .from(0), "number of lines to read before translating them"
      ),
      Option(
        "batch-size", aliases: ["max-sentences"], \.batchSize, in: .from(1),
        "maximum number of sentences in a batch (default: 64)"),
      Option(
        "max-tokens", \.maxTokens, in: .from(1),
        "maximum number of tokens in a batch: sentences times the longest side"),
      DatasetSettings.verification(\.verify),
    ]
  }
}

/// What `fairline-interactive` runs.
public enum InteractiveCommand {
  /// Translates lines as the command line says, and gives the exit code.
  ///
  /// - Parameters:
  ///   - plugins: what is added to the catalogue: the architectures of the models at least.
  ///   - arguments: the arguments without the program's name.
  public static func main(
    plugins: [any Plugin.Type], program: String = "fairline-interactive",
    arguments: [String] = Array(CommandLine.arguments.dropFirst())
  ) -> Int32 {
    Program.runAlone(program) {
      let catalog = try Catalog.standard(with: plugins)
      let reading = Draft("Input", InteractiveSettings())
      let setup = try GenerationSetup(
        program: program, summary: "Translates lines of text.", catalog, arguments,
        reading: reading, data: { (reading.value.data, reading.value.verify) })
      guard let setup else { return }
      guard !setup.output.quiet else {
        throw OptionError.invalid(
          "--quiet leaves nothing to print: give --plain for the translations alone")
      }
      var session = try InteractiveSession(setup, reading.value)
      try session.run()
    }
  }
}
