public import Fairline
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
    let ranks = RankedJob()
    let body = {
      let catalog = try Catalog.standard(with: plugins)
      let read = { try CommandLineTraining(program: program, catalog, arguments, ranks) }
      let training = if let ranks { try ranks.quietly(read) } else { try read() }
      guard let training else { return }
      code = try training.run().reason.exitCode
    }
    let failure = ranks?.run(program, body) ?? Program.run(program, body)
    return failure == 0 ? code : failure
  }
}

/// A training as the command line says it.
struct CommandLineTraining {
  private let common = Draft("Common", CommonSettings())
  private let log = Draft("Input and log", LogSettings())
  private let optimization = Draft("Optimization", OptimizationSettings())
  private let dataset = Draft("Data", DatasetSettings())
  private let validation = Draft("Validation", ValidationSettings())
  private let checkpoints = Draft("Checkpoints", CheckpointSettings())
  private let compute = Draft("Computing", ComputeSettings())
  private let choices = Draft("Components", TrainChoices())
  private let components: TrainingComponents
  private let chosenObservers: [Selection<ObserverContext, any TrainingObserver>]
  private let record: JSONValue
  private let exchange = Draft("Exchange between ranks", ExchangeSettings())
  private let rankSettings = Draft("Ranks", RankSettings())
  private let local = Draft("Local updates", LocalUpdateSettings())
  private let ranks: RankedJob?
  private let program: String

  /// Reads the command line; nil when it only asked for information.
  ///
  /// - Parameter ranks: the place among several processes; nil for one that is alone.
  init?(
    program: String, _ catalog: Catalog, _ arguments: [String], _ ranks: RankedJob? = nil
  ) throws {
    (self.program, self.ranks) = (program, ranks)
    let first = try CommandLineParser(program: program, drafts: [choices, common, checkpoints])
    let read = try first.parse(arguments, ignoringUnknown: true)
    if common.value.list {
      try Program.put(catalog.listing + "\n")
      return nil
    }
    let model = try choices.value.arch == nil ? checkpoints.value.model(catalog) : nil
    if let model { choices.value.arch = model.header.architecture.name }
    if read.request == nil { try choices.value.checkComplete(arguments) }
    components = try choices.value.components(
      catalog, as: model, keepsTask: read.given.contains("task"))
    chosenObservers = try choices.value.chosenObservers(catalog)
    let parser = try CommandLineParser(
      program: program, summary: "Trains a model on preprocessed data.",
      drafts: [
        choices, log, common, optimization, compute, rankSettings, exchange, local, dataset,
        validation, checkpoints,
      ] + choices.value.drafts(of: components) + chosenObservers.map(\.draft),
      others: { catalog.drafts }, elsewhere: { ProgramFlags.all })
    let version = CommonSettings.version(program)
    if try Program.read(arguments, with: parser, version: version) == nil { return nil }
    if let shortfall = compute.value.shortfall { Program.note("\(program): \(shortfall)") }
    try common.value.apply()
    record = parser.resolvedSettings()
  }

  /// Trains.
  func run() throws -> TrainingResult {
    let speaks = ranks?.speaks ?? true
    let sink = try LogSink(copyingTo: speaks ? log.value.logFile : nil)
    let note: @Sendable (String) -> Void = { line in
      if speaks { sink.write(LogLine.text(line, name: "fairline.train")) }
    }
    var training = Training(components, settings)
    training.note = note
    if let ranks {
      ranks.chooseThreads(common.value.threads, program)
      training.exchange = try ranks.join(
        program, rankSettings.value, settings: record, inHalves: exchange.value.exchangeHalf)
      note("\(training.exchange.role.count) ranks train together")
    }
    training.record = record
    let start = RunStart(sink, note)
    training.observers = try [start] + (speaks ? observers(sink, note) : [])
    let result = try training.run { start.interruption }
    if let ranks { note(ranks.traffic) }
    return result
  }

  private var settings: TrainingSettings {
    var settings = TrainingSettings()
    (settings.data, settings.seed) = (log.value.data, common.value.seed)
    (settings.optimization, settings.dataset) = (optimization.value, dataset.value)
    (settings.validation, settings.checkpoints) = (validation.value, checkpoints.value)
    (settings.compute, settings.exchange) = (compute.value, exchange.value)
    settings.local = local.value
    return settings
  }

  private func observers(
    _ sink: LogSink, _ note: @escaping @Sendable (String) -> Void
  ) throws -> [any TrainingObserver] {
    let format = log.value.noProgressBar ? LogFormat.simple : log.value.logFormat
    var observers = try chosenObservers.map { try $0.build(ObserverContext(note: note)) }
    observers.append(
      ProgressReport(format: format, interval: log.value.logInterval, sink: sink, note: note))
    if compute.value.profile {
      observers.append(ProfileReport(format: compute.value.format) { sink.write($0) })
    }
    if let path = log.value.metricsFile {
      observers.append(try MetricsFile(path: path, interval: log.value.logInterval))
    }
    return observers
  }
}

/// Says which program trains before the first update, and catches signals from then on.
private final class RunStart: TrainingObserver {
  private let sink: LogSink
  private let note: @Sendable (String) -> Void
  private var signals: SignalWatch?
  private var isNoted = false

  init(_ sink: LogSink, _ note: @escaping @Sendable (String) -> Void) {
    (self.sink, self.note) = (sink, note)
  }

  /// What the user wishes.
  var interruption: Interruption? { signals?.interruption }

  /// Notes the version at first, so that a log file that cannot be written shows before any work.
  func check() throws {
    if !isNoted { note(CommonSettings.version("fairline-train")) }
    isNoted = true
    try sink.check()
  }

  func trainingBegan(_ run: RunDescription) { signals = SignalWatch() }
}
