import Fairline

/// Which components a training is made of.
struct TrainChoices: Configuration {
  var arch: String?
  var task = "translation"
  var criterion = "cross_entropy"
  var optimizer: String?
  var lrScheduler = "fixed"
  var observers: [String] = []

  static var options: [Option<Self>] {
    [
      Option("arch", aliases: ["a"], \.arch, "architecture, one that --list shows"),
      Option("task", \.task, "task, one that --list shows"),
      Option("criterion", \.criterion, "loss function, one that --list shows"),
      Option("optimizer", \.optimizer, "optimizer, one that --list shows"),
      Option("lr-scheduler", \.lrScheduler, "learning-rate schedule, one that --list shows"),
      Option(
        "observers", \.observers,
        "further observers of training, from plug-ins, separated by commas", value: "NAMES"),
    ]
  }

  /// Throws `OptionError` where a choice without a preset is missing.
  ///
  /// Asked before other flags are read: those of what was not chosen are unknown.
  ///
  /// - Parameter arguments: the command line, whose flag for it may be mistyped.
  func checkComplete(_ arguments: [String]) throws {
    for (flag, choice) in [("--arch", arch), ("--optimizer", optimizer)] where choice == nil {
      let flags = arguments.filter { $0.hasPrefix("--") }.map { String($0.prefix { $0 != "=" }) }
      guard let typo = flags.first(where: { Spelling.nearest(to: $0, among: [flag]) != nil })
      else { continue }
      throw OptionError.unknownFlag(typo, nearest: flag, file: nil)
    }
    guard arch != nil else {
      throw OptionError.invalid(
        "--arch is missing: choose one that --list shows, or begin from a model with "
          + "--finetune-from-model")
    }
    guard optimizer != nil else {
      throw OptionError.invalid("--optimizer is missing: choose adam, or one that --list shows")
    }
  }

  /// The components that were chosen.
  ///
  /// Without a choice any entry will do: the command ends before it is used.
  ///
  /// - Parameters:
  ///   - model: what architecture and task are taken from with their settings; nil for none.
  ///   - keepsTask: whether the user has chosen the task.
  func components(
    _ catalog: Catalog, as model: ModelFile? = nil, keepsTask: Bool = true
  ) throws -> TrainingComponents {
    var components = try TrainingComponents(
      catalog, task: task, architecture: arch ?? catalog.architectures.names.first ?? "",
      criterion: criterion, optimizer: optimizer ?? "adam", scheduler: lrScheduler)
    guard let model else { return components }
    components.architecture = try catalog.architectures.select(model.header.architecture)
    guard !keepsTask else { return components }
    components.task = try catalog.tasks.select(model.header.task)
    // The data folder names the languages.
    for (place, format) in components.task.draft.formats.enumerated()
    where ["source-lang", "target-lang"].contains(format.names[0]) {
      _ = components.task.draft.clear(at: place)
    }
    return components
  }

  /// The chosen observers.
  func chosenObservers(
    _ catalog: Catalog
  ) throws -> [Selection<ObserverContext, any TrainingObserver>] {
    try observers.map { try catalog.observers.select($0) }
  }

  /// The settings of the components that the user chose.
  func drafts(of components: TrainingComponents) -> [any AnyDraft] {
    [
      components.task.draft, arch == nil ? nil : components.architecture.draft,
      components.criterion.draft, optimizer == nil ? nil : components.optimizer.draft,
      components.scheduler.draft,
    ].compactMap { $0 }
  }
}

extension CheckpointSettings {
  /// The model that a training without `--arch` begins from; nil when none is named.
  func model(_ catalog: Catalog) throws -> ModelFile? {
    let named = restoreFile == CheckpointSettings().restoreFile ? nil : restoreFile
    guard let path = finetuneFromModel ?? continueOnce ?? named, Paths.exists(path) else {
      return nil
    }
    return try ModelFile.load(path, importers: catalog.importers)
  }
}

/// How training is reported.
struct LogSettings: Configuration {
  var data = ""
  var logFormat = LogFormat.tqdm
  var noProgressBar = false
  var logInterval = 100
  var logFile: String?
  var metricsFile: String?

  static var options: [Option<Self>] {
    [
      Option(positional: "data", \.data, "folders of preprocessed data, separated by colons"),
      Option("log-format", \.logFormat, "format of the log"),
      Option("no-progress-bar", \.noProgressBar, "the same as --log-format simple"),
      Option(
        "log-interval", \.logInterval, in: .from(1), "number of updates between two log lines"),
      Option("log-file", \.logFile, "copy the log to a file"),
      Option(
        "metrics-file", \.metricsFile, "write every report to a file, one JSON object per line"),
    ]
  }
}
