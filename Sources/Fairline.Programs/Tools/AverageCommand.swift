import Fairline
import Foundation

/// The settings of `fairline-average`.
struct AverageSettings: Configuration, Equatable {
  /// Checkpoints, or one folder of them.
  var inputs: [String] = []
  /// The file to write.
  var output = ""
  /// How many of the latest checkpoints after epochs are taken from the folder.
  var numEpochCheckpoints: Int?
  /// How many of the latest checkpoints within epochs are taken from the folder.
  var numUpdateCheckpoints: Int?
  /// How many of the best checkpoints are taken from the folder.
  var numBestCheckpoints: Int?
  /// The last epoch, or number of updates, that counts.
  var checkpointUpperBound: Int?
  /// Whether larger validation values are better.
  var maximizeBestCheckpointMetric = false

  /// The defaults.
  init() {}

  /// The flags.
  static var options: [Option<Self>] {
    [
      Option("inputs", \.inputs, "checkpoints, or a folder of checkpoints", collects: true),
      Option("output", \.output, "file to write"),
      Option(
        "num-epoch-checkpoints", \.numEpochCheckpoints, in: .from(1),
        "average this many of the latest epoch checkpoints"),
      Option(
        "num-update-checkpoints", \.numUpdateCheckpoints, in: .from(1),
        "average this many of the latest checkpoints within epochs"),
      Option(
        "num-best-checkpoints", \.numBestCheckpoints, in: .from(1),
        "average this many of the best checkpoints"),
      Option(
        "checkpoint-upper-bound", \.checkpointUpperBound, in: .from(0),
        "ignore checkpoints after this epoch or number of updates"),
      Option(
        "maximize-best-checkpoint-metric", \.maximizeBestCheckpointMetric,
        "larger validation values are better"),
    ]
  }

  /// The files to average, the latest or best first.
  ///
  /// - Throws: `OptionError` when settings contradict each other, `UserError` when files are
  ///   missing.
  func files() throws -> [String] {
    let choices = [
      numEpochCheckpoints.map(CheckpointFolder.Selection.epochs),
      numUpdateCheckpoints.map(CheckpointFolder.Selection.updates),
      numBestCheckpoints.map(CheckpointFolder.Selection.best),
    ].compactMap { $0 }
    guard !inputs.isEmpty else { throw OptionError.missing("--inputs") }
    guard !output.isEmpty else { throw OptionError.missing("--output") }
    guard let choice = choices.first else {
      guard checkpointUpperBound == nil else {
        throw OptionError.invalid(
          "--checkpoint-upper-bound needs --num-epoch-checkpoints or --num-update-checkpoints")
      }
      return inputs
    }
    guard choices.count == 1, inputs.count == 1 else {
      throw OptionError.invalid(
        "give one of --num-epoch-checkpoints, --num-update-checkpoints and --num-best-checkpoints, "
          + "and one folder as --inputs"
      )
    }
    return try CheckpointFolder(inputs[0]).paths(
      choice, upperBound: checkpointUpperBound, maximizes: maximizeBestCheckpointMetric)
  }
}

/// What `fairline-average` runs.
public enum AverageCommand {
  /// Averages checkpoints as the command line says, and gives the exit code.
  ///
  /// - Parameter arguments: the arguments without the program's name.
  public static func main(
    program: String = "fairline-average",
    arguments: [String] = Array(CommandLine.arguments.dropFirst())
  ) -> Int32 {
    Program.run(
      program, "Averages the parameters of checkpoints of one training.", arguments,
      Draft("Averaging", AverageSettings())
    ) { settings in
      let files = try settings.files()
      try CheckpointAverage.write(files, to: settings.output)
      Program.note("averaged \(files.joined(separator: ", ")) into \(settings.output)")
    }
  }
}
