import FairlineModels
import FairlinePrograms

/// Data of a few words, and trainings on it that take milliseconds.
enum TinyTraining {
  /// Makes the data, in the folder `data`.
  static func prepare() throws {
    for (language, line) in [("en", "a b c\nb a\n"), ("de", "x y\ny y x\n")] {
      try Files.write(line.utf8, "text.\(language)")
    }
    let code = PreprocessCommand.main(arguments: [
      "-s", "en", "-t", "de", "--trainpref", "text", "--validpref", "text", "--destdir", "data",
      "--workers", "1",
    ])
    precondition(code == 0, "preprocessing failed")
  }

  /// Trains, and gives the program's exit code.
  static func run(_ arguments: [String]) -> Int32 {
    TrainCommand.main(
      plugins: [StandardModels.self],
      arguments: [
        "data", "--arch", "transformer_tiny", "--encoder-embed-dim", "4",
        "--encoder-ffn-embed-dim", "4", "--encoder-layers", "1", "--decoder-layers", "1",
        "--encoder-attention-heads", "1", "--decoder-attention-heads", "1", "--optimizer", "adam",
        "--lr", "0.01", "--batch-size", "2", "--threads", "1", "--log-format", "none",
        "--no-epoch-checkpoints", "--disable-validation", "--max-source-positions", "16",
        "--max-target-positions", "16",
      ] + arguments)
  }
}
