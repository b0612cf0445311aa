public import Fairline

/// One program for all jobs: `NAME train ...`, `NAME generate ...` and so on.
public enum AllCommands {
  private typealias Job = ([any Plugin.Type], String, [String]) -> Int32

  private static var jobs: [(name: String, run: Job)] {
    [
      ("preprocess", PreprocessCommand.main), ("train", TrainCommand.main),
      ("generate", GenerateCommand.main), ("interactive", InteractiveCommand.main),
      ("validate", ValidateCommand.main), ("eval-lm", EvaluateTextCommand.main),
      ("score", ScoreCommand.main),
      ("average", { AverageCommand.main(program: $1, arguments: $2) }),
      ("quantize", QuantizeCommand.main), ("shortlist", ShortlistCommand.main),
      ("import", ImportCommand.main), ("export", ExportCommand.main),
      ("learn-bpe", { LearnBPECommand.main(program: $1, arguments: $2) }),
      ("tokenize", TokenizeCommand.main),
    ]
  }

  /// Runs the job that the first argument names, and gives the exit code.
  ///
  /// - Parameters:
  ///   - plugins: what is added to the catalogue.
  ///   - program: the program's name.
  ///   - arguments: the arguments without the program's name.
  public static func main(
    plugins: [any Plugin.Type], program: String,
    arguments: [String] = Array(CommandLine.arguments.dropFirst())
  ) -> Int32 {
    guard let job = jobs.first(where: { $0.name == arguments.first }) else {
      return Program.run(program) {
        throw OptionError.invalid(
          "the first argument is the job: give one of "
            + jobs.map(\.name).joined(separator: ", "))
      }
    }
    return job.run(plugins, "\(program) \(job.name)", Array(arguments.dropFirst()))
  }
}
