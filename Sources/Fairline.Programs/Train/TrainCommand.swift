public import Fairline
import FairlineTensor
import Foundation

/// What `fairline-train` runs.
public enum TrainCommand {
  /// Trains as the command line says, and gives the exit code.
  ///
  /// - Parameters:
  ///   - plugins: what is added to the catalogue: architectures at least.
  ///   - arguments: the arguments without the program's name.
  public static func main(
    plugins: [any Plugin.Type], program: String = "fairline-train",
    arguments: [String] = Array(CommandLine.arguments.dropFirst())
  ) -> Int32 {
    // A reader of the log that goes away must not end training.
    signal(SIGPIPE, SIG_IGN)
    var code: Int32 = 0
    let failure = Program.run(program) {
      let catalog = try Catalog.standard(with: plugins)
      guard let run = try TrainingRun(program: program, catalog, arguments) else { return }
      code = try run.start().exitCode
    }
    return failure == 0 ? code : failure
  }
}

/// A training as the command line says it.
struct TrainingRun {
  private let common = Draft("Common", CommonSettings())
  private let log = Draft("Input and log", LogSettings())
  private let optimization = Draft("Optimization", OptimizationSettings())
  private let dataset = Draft("Data", DatasetSettings())
  private let validation = Draft("Validation", ValidationSettings())
  private let checkpoints = Draft("Checkpoints", CheckpointSettings())
  private let compute = Draft("Computing", ComputeSettings())
  private let choices = Draft("Components", TrainChoices())
  private let components: TrainingComponents
  private let settings: JSONValue
  private let importers: Registry<any Importer>

  /// Reads the command line; nil when it only asked for information.
  init?(program: String, _ catalog: Catalog, _ arguments: [String]) throws {
    importers = catalog.importers
    let first = try CommandLineParser(program: program, drafts: [choices, common])
    let asked = try first.parse(arguments, ignoringUnknown: true).request
    if common.value.list {
      try Program.put(catalog.listing + "\n")
      return nil
    }
    if asked == nil { try choices.value.checkComplete() }
    components = try TrainingComponents(choices.value, catalog)
    let parser = try CommandLineParser(
      program: program, summary: "Trains a model on preprocessed data.",
      drafts: [choices, log, common, optimization, compute, dataset, validation, checkpoints]
        + components.drafts)
    let parsed = try parser.parse(arguments)
    if try Program.answer(parsed.request, parser, version: CommonSettings.version(program)) {
      return nil
    }
    parsed.warnings.forEach { Program.note("\(program): \($0)") }
    if let shortfall = compute.value.shortfall { Program.note("\(program): \(shortfall)") }
    try common.value.apply()
    settings = parser.resolvedSettings()
  }

  /// Builds everything and trains.
  func start() throws -> StopReason {
    let sink = try LogSink(copyingTo: log.value.logFile)
    let note: @Sendable (String) -> Void = { line in
      sink.write(LogLine.text(line, name: "fairline.train"))
    }
    var progress = TrainingProgress()
    progress.seed = common.value.seed
    let restoration = try Restoration(checkpoints.value, importers: importers)
    if let saved = restoration?.savedSeed { progress.seed = saved }
    let task = try components.task.build(
      TaskContext(
        data: log.value.data, dataset: dataset.value, seed: progress.seed, note: note))
    var context = ModelContext(
      task: task.description, seed: UInt64(bitPattern: Int64(progress.seed)),
      isFilledFromFile: restoration != nil)
    context.importers = importers
    let model = try components.architecture.build(context)
    task.restrict(toMaximumPositions: model.maximumPositions)
    let criterion = try components.criterion.build(
      CriterionContext(
        task: task.description, averagesSentences: optimization.value.sentenceAvg))
    if let saved = try restoration?.optimizerSettings(for: choices.value.optimizer ?? "") {
      try components.optimizer.draft.merge(saved)
    }
    let optimizer = try components.optimizer.build(model.parameters)
    let scheduler = try components.scheduler.build(
      SchedulerContext(
        learningRates: optimization.value.lr, maxUpdate: optimization.value.maxUpdate,
        maximizesMetric: validation.value.maximizeBestCheckpointMetric))
    if let restoration {
      progress = try restoration.restore(
        model, optimizer, identity: task.identity, criterion: choices.value.criterion,
        seed: common.value.seed)
      note("loaded \(restoration.file.path)")
    }
    note(CommonSettings.version("fairline-train"))
    let observers = try makeObservers(task, model, optimizer, sink, note)
    let trainer = try Trainer(
      TrainingParts(
        model: model, criterion: criterion, optimizer: optimizer, scheduler: scheduler,
        observers: observers), optimization.value,
      Cadence(
        validation.value, saveInterval: checkpoints.value.saveInterval,
        saveIntervalUpdates: checkpoints.value.saveIntervalUpdates), compute.value,
      from: progress)
    let signals = SignalWatch()
    return try trainer.train(on: task) { signals.interruption }
  }

  private func makeObservers(
    _ task: any Task, _ model: any Model, _ optimizer: any Optimizer, _ sink: LogSink,
    _ note: @escaping @Sendable (String) -> Void
  ) throws -> [any TrainingObserver] {
    let order = MetricOrder(maximizes: validation.value.maximizeBestCheckpointMetric)
    var header = CheckpointHeader(
      architecture: try ComponentRecord(choices.value.arch ?? "", components.architecture),
      task: try ComponentRecord(choices.value.task, components.task),
      description: task.description)
    header.identity = task.identity
    header.criterion = try ComponentRecord(choices.value.criterion, components.criterion)
    header.optimizer = try ComponentRecord(
      choices.value.optimizer ?? "", components.optimizer)
    header.scheduler = try ComponentRecord(choices.value.lrScheduler, components.scheduler)
    header.run = settings
    let contents = CheckpointContents(
      header: header, parameters: model.parameters, optimizer: optimizer, assets: task.assets)
    let format = log.value.noProgressBar ? LogFormat.simple : log.value.logFormat
    var observers: [any TrainingObserver] = [
      ProgressReport(
        format: format, interval: log.value.logInterval, sink: sink, note: note),
      EarlyStopping(patience: validation.value.patience, order: order),
      try CheckpointKeeper(
        checkpoints.value, contents: contents, metric: validation.value.bestCheckpointMetric,
        order: order, note: note),
    ]
    if compute.value.profile {
      observers.append(
        ProfileReport(format: compute.value.format) { sink.write($0) })
    }
    if let path = log.value.metricsFile {
      observers.append(try MetricsFile(path: path, interval: log.value.logInterval))
    }
    return observers
  }
}
