public import Fairline
public import FairlineData
import FairlineTensor
import Foundation

/// Translates text with trained models, many lines at once and from any thread.
///
/// ```swift
/// let catalog = try Catalog([StandardTasks.self, StandardModels.self])
/// let translator = try Translator("checkpoint_best.safetensors", catalog)
/// print(try translator.translate("ein kleiner Hund").text)
/// ```
///
/// Lines of several calls are decoded side by side, by workers that share the weights. What is
/// found for a line does not depend on the others.
public final class Translator: Sendable {
  /// How it works.
  public let configuration: TranslatorSettings
  /// Turns lines into inputs and outputs into text.
  public let coder: TextCoder
  /// The longest sources and targets that are taken, ends included.
  public let lengthLimits: LengthLimits
  private let generator: SequenceGenerator
  private let requests = RequestQueue()
  private static let mostWorkers = 1024

  /// Loads one model, with what its file carries of the task.
  ///
  /// - Parameters:
  ///   - path: the checkpoint, or several separated by colons, which are an ensemble.
  ///   - catalog: knows the models' task and architecture.
  ///   - configuration: nil for fairseq's defaults and what the file says of the search.
  ///   - data: the folder of preprocessed data, when the files lack dictionaries.
  /// - Throws: `UserError` or another error that names the file and the remedy.
  public convenience init(
    _ path: String, _ catalog: Catalog,
    configuration: TranslatorSettings? = nil, data: String = ""
  ) throws {
    let files = try LoadedModels.open(path, catalog)
    let configuration = try configuration ?? TranslatorSettings(for: files[0])
    try self.init(
      LoadedModels(
        files, catalog, data: data, forSearch: !configuration.search.scoreReference),
      configuration: configuration)
  }

  /// Takes models that are loaded.
  ///
  /// - Throws: `UserError` when settings contradict each other, or do not suit the models.
  public init(
    _ loaded: LoadedModels, configuration: TranslatorSettings = TranslatorSettings()
  ) throws {
    guard 0...Self.mostWorkers ~= configuration.workers else {
      throw OptionError.invalid(
        "--workers \(configuration.workers) is not possible: give a number from 0 to "
          + "\(Self.mostWorkers)")
    }
    self.configuration = configuration
    var coder = TextCoder(loaded.task.text)
    coder.postProcessing = configuration.postProcessing
    coder.sourceTokenizer = configuration.sourceTokenizer ?? coder.sourceTokenizer
    coder.targetTokenizer = configuration.targetTokenizer ?? coder.targetTokenizer
    coder.sourceWords = configuration.sourceWords
    coder.targetWords = configuration.targetWords
    coder.readsConstraints = configuration.search.constraints != nil
    coder.unknownWords = try configuration.search.replaceUnk.map(UnknownWords.init(path:))
    self.coder = coder
    lengthLimits = loaded.lengthLimits
    generator = try SequenceGenerator(
      models: loaded.models, settings: configuration.search, strategy: configuration.strategy,
      adding: configuration.additions,
      preparation: try configuration.preparation(for: loaded.task),
      omitsScores: configuration.omitsScores, longestTarget: lengthLimits.target)
  }

  deinit { requests.stop() }

  /// Searches that run side by side when there is enough to do.
  var workerCount: Int {
    configuration.workers > 0 ? configuration.workers : max(Parallel.threadCount, 1)
  }

  /// Translates one line; waits until it is done.
  public func translate(_ line: String) throws -> Translation { try translate([line])[0] }

  /// Translates one line.
  public func translate(_ line: String) async throws -> Translation {
    try await translate([line])[0]
  }

  /// Translates lines, in order; waits until all are done.
  ///
  /// - Parameters:
  ///   - first: the number of the first line, by which sampling draws.
  ///   - limits: how many lines are decoded together at most; nil for what suits the workers.
  /// - Throws: when a line cannot be divided into symbols, or `limits` are not possible.
  public func translate(
    _ lines: [String], first: Int = 0, limits: BatchLimits? = nil
  ) throws -> [Translation] {
    let job = try job(lines, first, limits)
    if job.batches.count == 1, lines.count < 2 * workerCount {
      // A few lines are done soonest in this thread, which the others help.
      return job.translations([generator.generate(job.batches[0])], coder)
    }
    let found = Found()
    let done = DispatchSemaphore(value: 0)
    start(job.batches) { batches in
      found.batches = batches
      done.signal()
    }
    done.wait()
    return job.translations(found.batches, coder)
  }

  /// Translates lines, in order, without keeping a thread waiting.
  public func translate(
    _ lines: [String], first: Int = 0, limits: BatchLimits? = nil
  ) async throws -> [Translation] {
    let job = try job(lines, first, limits)
    let batches = await withCheckedContinuation { continuation in
      start(job.batches) { continuation.resume(returning: $0) }
    }
    return job.translations(batches, coder)
  }

  /// Generates for every batch of a data set and hands the results on in the batches' order, in
  /// this thread, one at a time.
  ///
  /// - Parameters:
  ///   - batches: places in `inputs`; as many batches as are in memory at once are begun from the
  ///     last to the first, so that long sentences at the end do not keep one worker alone.
  ///   - deliver: receives the inputs of a batch, long ones first, and what was found for each.
  public func generate(
    _ batches: [[Int]], of inputs: any GenerationInputs,
    deliver: ([GenerationInput], [[Hypothesis]]) throws -> Void
  ) throws {
    try BatchTranslator(generator: generator, workers: configuration.workers).translate(
      batches.count, window: 32, { inputs.batch(at: batches[$0]) }, deliver: deliver)
  }

  private func job(
    _ lines: [String], _ first: Int, _ limits: BatchLimits?
  ) throws -> TranslationJob {
    guard !configuration.search.scoreReference else {
      throw UserError("--score-reference needs references, which lines of text do not have")
    }
    guard !first.addingReportingOverflow(lines.count).overflow else {
      throw UserError("lines cannot be numbered from \(first) on: give a smaller first number")
    }
    return try TranslationJob(lines, first: first, self, limits)
  }

  private func start(
    _ batches: [[GenerationInput]], done: @escaping @Sendable ([[[Hypothesis]]]) -> Void
  ) {
    requests.add(batches, done: done)
    while requests.addsWorker(upTo: workerCount) { SearchWorker(generator, requests).start() }
  }

  /// What a waiting thread receives; read after the signal only.
  private final class Found: @unchecked Sendable {
    var batches: [[[Hypothesis]]] = []
  }
}
