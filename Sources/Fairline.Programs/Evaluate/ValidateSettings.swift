import Fairline

/// What `fairline-validate` reads.
struct ValidateSettings: Configuration {
  var data = ""
  var criterion: String?
  var logFormat = LogFormat.tqdm
  var noProgressBar = false
  var logFile: String?

  static var options: [Option<Self>] {
    [
      Option(positional: "data", \.data, "folder of preprocessed data"),
      Option("criterion", \.criterion, "loss function (default: as in training)"),
      Option("log-format", \.logFormat, "format of the log"),
      Option("no-progress-bar", \.noProgressBar, "the same as --log-format simple"),
      Option("log-file", \.logFile, "copy the log to a file"),
    ]
  }
}
