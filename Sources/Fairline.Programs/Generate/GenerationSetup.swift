import Fairline
import FairlineData
import FairlineGeneration
import FairlineScoring
import FairlineTensor

/// The command line of a generating program: settings, models, search.
struct GenerationSetup {
  let output: OutputSettings
  let generation: GenerationSettings
  let loaded: LoadedModels
  let translator: Translator
  /// What scores outputs; nil when none was asked for.
  let metric: (any Metric)?
  /// All settings, under the names of their flags.
  let settings: JSONValue
  /// Threads that the user has chosen; 0 for none.
  let threads: Int

  /// Reads the command line; nil when it only asked for information.
  ///
  /// - Parameters:
  ///   - reading: the settings of the program's own.
  ///   - ranks: how ranks watch each other; nil for a program that runs as one process.
  ///   - data: the data folder and whether it is verified, asked for when all settings are read.
  ///   - metric: the name of a metric, asked for when the program's own settings are read.
  ///   - scoring: how it is made, asked for when all settings are read.
  init?(
    program: String, summary: String, _ catalog: Catalog, _ arguments: [String],
    reading: any AnyDraft, ranks: Draft<RankSettings>? = nil,
    data: () -> (folder: String, verify: Bool),
    metric: () -> String? = { nil }, scoring context: () -> MetricContext = { MetricContext() }
  ) throws {
    let (common, output) = (Draft("Common", CommonSettings()), Draft("Model", OutputSettings()))
    let generation = Draft("Search", GenerationSettings())
    let first = try CommandLineParser(
      program: program, drafts: [common, output, generation, reading])
    let asked = try first.parse(arguments, ignoringUnknown: true)
    if common.value.list {
      try Program.put(catalog.listing + "\n")
      return nil
    }
    let hasModel = asked.request == nil && output.value.path?.isEmpty == false
    let files = hasModel ? try LoadedModels.open(output.value.path, catalog) : []
    if let search = files.first?.header.search { try generation.restore(search) }
    let record = files.first?.header.task ?? ComponentRecord(name: "translation")
    let changes = try LoadedModels.overrides(
      output.value.modelOverrides, ofTask: try catalog.tasks.select(record.name).draft
    ).task
    let task = try catalog.tasks.select(record, overrides: changes)
    let strategy = try catalog.searches.select(
      generation.value.searchName(output.value.search))
    let tokenizers = try TokenizerChoice(output.value, catalog)
    let scoring = try metric().map { try catalog.metrics.select($0) }
    let chosen =
      [task.draft, strategy.draft] + tokenizers.drafts + [scoring?.draft].compactMap(\.self)
    let parser = try CommandLineParser(
      program: program, summary: summary,
      drafts: [reading, output, common, generation] + [ranks].compactMap(\.self)
        + chosen.filter { !$0.formats.isEmpty },
      others: { catalog.drafts }, elsewhere: { ProgramFlags.all })
    let parsed = try Program.read(
      arguments, with: parser, version: CommonSettings.version(program),
      warnings: { task.draft.trainingFlags(among: $0.given) })
    guard let parsed else { return nil }
    // Without a model the flags are read all the same, so that a wrong one is named first.
    if !hasModel { _ = try LoadedModels.open(output.value.path, catalog) }
    try common.value.apply()
    (settings, threads) = (parser.resolvedSettings(), common.value.threads)
    var search = generation.value
    search.seed = common.value.seed
    search.sampling = search.sampling || output.value.search == "sampling"
    try search.check()
    var dataset = DatasetSettings()
    dataset.verify = data().verify
    let lengths = ["max-source-positions", "max-target-positions"]
    loaded = try LoadedModels(
      files, catalog, task: task, data: data().folder, overrides: output.value.modelOverrides,
      dataset: dataset,
      takesLonger: lengths.contains {
        parsed.given.contains($0) || changes[$0.propertyName] != nil
      }, forSearch: !search.scoreReference, note: { Program.note("\(program): \($0)") })
    var configuration = TranslatorSettings()
    configuration.search = search
    configuration.additions = try output.value.fusion(with: loaded.task, catalog, search)
    configuration.strategy = try strategy.build(SearchContext(settings: search))
    configuration.precision = output.value.quantize == .int8 ? .int8 : .float32
    configuration.shortlist = output.value.shortlist
    configuration.workers = output.value.workers
    configuration.omitsScores = !output.value.printsScores
    configuration.postProcessing =
      try output.value.postProcess.map(PostProcessing.init) ?? .none
    let text = loaded.task.text
    configuration.sourceTokenizer = try tokenizers.tokenizer(own: text.sourceTokenizer)
    configuration.targetTokenizer = try tokenizers.tokenizer(own: text.targetTokenizer)
    configuration.sourceWords = try tokenizers.words(.source, text.languages.source)
    configuration.targetWords = try tokenizers.words(.target, text.languages.target)
    self.output = output.value
    self.generation = search
    self.metric = try scoring?.build(context())
    translator = try Translator(loaded, configuration: configuration)
  }
}
