public import Fairline
import FairlineGeneration
import FairlineData
import FairlineTasks
import FairlineTensor
import Foundation

/// What `fairline-generate` runs.
public enum GenerateCommand {
  /// Translates a data set as the command line says, and gives the exit code.
  ///
  /// - Parameters:
  ///   - plugins: what is added to the catalogue: the architectures of the models at least.
  ///   - arguments: the arguments without the program's name.
  public static func main(
    plugins: [any Plugin.Type], program: String = "fairline-generate",
    arguments: [String] = Array(CommandLine.arguments.dropFirst())
  ) -> Int32 {
    Program.run(program) {
      let catalog = try Catalog.standard(with: plugins)
      let reading = Draft("Generation", GenerateSettings())
      let setup = try GenerationSetup(
        program: program, summary: "Translates preprocessed data.", catalog, arguments,
        reading: reading, data: { reading.value.data })
      guard let setup else { return }
      try run(setup, reading.value)
    }
  }

  private static func run(_ setup: GenerationSetup, _ settings: GenerateSettings) throws {
    guard !settings.data.isEmpty else {
      throw OptionError.invalid(
        "the data folder is missing: name the folder that fairline-preprocess wrote")
    }
    let task = setup.loaded.task
    let dataset = try task.dataset(settings.genSubset)
    let selection = try dataset.batches(
      BatchLimits(
        maxTokens: settings.maxTokens, maxSentences: settings.batchSize,
        requiredMultiple: settings.requiredBatchSizeMultiple),
      lengths: task.lengthLimits,
      policy: settings.skipInvalidSizeInputsValidTest ? .drop : .refuse,
      seed: settings.genSubset == "test" ? nil : setup.generation.seed)
    if let warning = selection.warning { Program.note(warning) }
    let writer = try HypothesisWriter(
      setup.output, setup.generation, task.vocabularies, decodesSources: true)
    let output = try OutputFile(folder: settings.resultsPath, subset: settings.genSubset)
    var tally = GenerationTally(
      writer, sacrebleu: settings.sacrebleu || settings.scoring == .sacrebleu)
    var kept: [(id: Int, lines: [String])] = []
    let batches = selection.batches
    let begun = ContinuousClock.now
    try setup.translator().translate(batches.count, window: 32, { dataset.collate(batches[$0]) }) {
      pairs, found in
      for row in pairs.ids.indices {
        let lines = setup.output.quiet ? [] : setup.lines(pairs, row, found[row], writer)
        tally.add(pairs, row, found[row])
        if settings.keepOrder {
          kept.append((pairs.ids[row], lines))
        } else {
          try output.write(lines)
        }
      }
      try output.flush()
    }
    for (_, lines) in kept.sorted(by: { $0.id < $1.id }) { try output.write(lines) }
    tally.report(seconds: Double(seconds(since: begun)))
    if let score = try tally.score() {
      try output.write([
        "Generate \(settings.genSubset) with beam=\(setup.generation.beam): \(score)"
      ])
    }
    try output.finish()
  }

  private static func seconds(since start: ContinuousClock.Instant) -> Double {
    let time = ContinuousClock.now - start
    return Double(time.components.seconds) + Double(time.components.attoseconds) * 1e-18
  }
}

/// The command line of a generating program: settings, models, search.
struct GenerationSetup {
  let output: OutputSettings
  let generation: GenerationSettings
  let loaded: LoadedModels

  /// Reads the command line; nil when it only asked for information.
  init?(
    program: String, summary: String, _ catalog: Catalog, _ arguments: [String],
    reading: any AnyDraft, data: () -> String
  ) throws {
    let (common, output) = (Draft("Common", CommonSettings()), Draft("Model", OutputSettings()))
    let generation = Draft("Search", GenerationSettings())
    let first = try CommandLineParser(program: program, drafts: [common, output])
    let asked = try first.parse(arguments, ignoringUnknown: true)
    if common.value.list {
      try Program.put(catalog.listing + "\n")
      return nil
    }
    let files = asked.request == nil ? try LoadedModels.open(output.value.path) : []
    let selection = try catalog.tasks.select(
      files.first?.header.task ?? ComponentRecord(name: "translation"))
    let parser = try CommandLineParser(
      program: program, summary: summary,
      drafts: [reading, output, common, generation, selection.draft])
    let parsed = try parser.parse(arguments)
    if try Program.answer(parsed.request, parser, version: CommonSettings.version(program)) {
      return nil
    }
    parsed.warnings.forEach { Program.note("\(program): \($0)") }
    try common.value.apply()
    var settings = generation.value
    settings.seed = common.value.seed
    try settings.check()
    self.output = output.value
    self.generation = settings
    loaded = try LoadedModels(
      files, catalog, task: selection, data: data(), overrides: output.value.modelOverrides,
      forSearch: !settings.scoreReference)
  }

  /// What translates batches.
  func translator() throws -> BatchTranslator {
    guard output.workers >= 0 else {
      throw OptionError.invalid("--workers \(output.workers) is not possible: give 0 or more")
    }
    var preparation = SearchPreparation()
    if output.quantize == .int8 { preparation.precision = .int8 }
    if let path = output.shortlist {
      let shortlist = try Shortlist(contentsOf: path)
      try shortlist.check(against: loaded.task, path: path)
      preparation.candidates = { shortlist.candidates(for: $0) }
    }
    let generator = try SequenceGenerator(
      models: loaded.models, settings: generation, preparation: preparation,
      omitsScores: output.quiet)
    return BatchTranslator(generator: generator, workers: output.workers)
  }

  /// All lines of one sentence.
  func lines(
    _ pairs: SentencePairs, _ row: Int, _ found: [Hypothesis], _ writer: HypothesisWriter
  ) -> [String] {
    let (id, source) = (pairs.ids[row], pairs.sources[row])
    var lines = [writer.source(source, id: id)]
    if !pairs.targets.isEmpty { lines.append(writer.reference(pairs.targets[row], id: id)) }
    for hypothesis in found.prefix(generation.nbest) {
      lines += writer.lines(hypothesis, source: source, id: id)
    }
    return lines
  }
}
