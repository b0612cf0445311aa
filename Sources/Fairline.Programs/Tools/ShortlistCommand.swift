public import Fairline
import FairlineGeneration

/// The settings of `fairline-shortlist`.
struct ShortlistSettings: Configuration {
  var data = ""
  var from: String?
  var model: String?
  var to = ""
  var task = "translation"
  var subset = "train"
  var best = 100
  var frequent = 100
  var threshold = 0.0
  var iterations = 4
  var verify = true

  static var options: [Option<Self>] {
    [
      Option(positional: "data", \.data, "folder of preprocessed data"),
      Option(
        "from", \.from, "take over a shortlist of Marian's, binary or text, instead of learning",
        value: "FILE"),
      Option(
        "model", \.model, "with --from, take the dictionaries from this model instead of data",
        value: "FILE"),
      Option("to", \.to, "file to write"),
      Option("task", \.task, "task of the models"),
      Option("subset", \.subset, "data subset to learn from"),
      Option(
        "best", \.best, in: .from(1),
        "number of most likely target symbols kept for each source symbol"),
      Option(
        "frequent", \.frequent, in: .from(0),
        "number of most frequent target symbols allowed in every sentence"
      ),
      Option(
        "threshold", \.threshold, in: .from(0, to: 1),
        "with --from and text, leave out translations that are not more probable than this"),
      Option("iterations", \.iterations, in: .from(1, to: 1000), "number of passes over the data"),
      DatasetSettings.verification(\.verify),
    ]
  }
}

extension ShortlistSettings {
  /// What is taken from a lexicon in text.
  fileprivate var limits: LexiconLimits {
    var limits = LexiconLimits()
    (limits.frequent, limits.best, limits.threshold) = (frequent, best, threshold)
    return limits
  }
}

/// What `fairline-shortlist` runs.
public enum ShortlistCommand {
  /// Learns a shortlist as the command line says, and gives the exit code.
  ///
  /// - Parameters:
  ///   - plugins: what is added to the catalogue: the task at least.
  ///   - arguments: the arguments without the program's name.
  public static func main(
    plugins: [any Plugin.Type] = [], program: String = "fairline-shortlist",
    arguments: [String] = Array(CommandLine.arguments.dropFirst())
  ) -> Int32 {
    Program.runAlone(program) {
      let catalog = try Catalog.standard(with: plugins)
      let settings = Draft("Shortlist", ShortlistSettings())
      let first = try CommandLineParser(program: program, drafts: [settings])
      _ = try first.parse(arguments, ignoringUnknown: true)
      let task = try catalog.tasks.select(settings.value.task)
      let parser = try CommandLineParser(
        program: program,
        summary:
          "Learns from training data which target symbols a source symbol is translated with, "
          + "or takes over a shortlist of Marian's.",
        drafts: [settings, task.draft],
        elsewhere: { ProgramFlags.all })
      let parsed = try Program.read(
        arguments, with: parser, warnings: { task.draft.trainingFlags(among: $0.given) })
      if parsed == nil { return }
      try write(settings.value, task, catalog)
    }
  }

  private static func write(
    _ settings: ShortlistSettings, _ selection: Selection<TaskContext, any Task>,
    _ catalog: Catalog
  ) throws {
    guard !settings.to.isEmpty else { throw OptionError.missing("--to") }
    try settings.checkRanges()
    let isFromModel = settings.model != nil
    guard settings.from != nil || !isFromModel else {
      throw UserError("--model gives dictionaries for --from: name a shortlist of Marian's there")
    }
    guard !isFromModel || settings.data.isEmpty else {
      throw UserError("--model and a data folder both give dictionaries: name one of them")
    }
    let task =
      try settings.model.map { try self.task(of: $0, catalog) } ?? build(settings, selection)
    let shortlist =
      try settings.from.map {
        try Shortlist(contentsOf: $0, for: task, limits: settings.limits)
      } ?? make(settings, task)
    try shortlist.write(to: settings.to)
    Program.note("\(shortlist.symbols.count) translations of symbols in \(settings.to)")
  }

  /// The task of a data folder.
  private static func build(
    _ settings: ShortlistSettings, _ selection: Selection<TaskContext, any Task>
  ) throws -> any GenerationTask {
    var dataset = DatasetSettings()
    dataset.verify = settings.verify
    let built = try selection.build(
      TaskContext(
        data: settings.data, dataset: dataset,
        note: { Program.note("fairline-shortlist: \($0)") }))
    guard let task = built as? any GenerationTask else {
      throw OptionError.invalid(
        "--task \(settings.task) has no sentences to learn from: give one that generates")
    }
    return task
  }

  /// The task of a model, with the dictionaries that the file carries.
  private static func task(of path: String, _ catalog: Catalog) throws -> any GenerationTask {
    let file = try ModelFile.load(path, importers: catalog.importers)
    guard try !file.assets().isEmpty, let task = try file.makeTask(catalog) as? any GenerationTask
    else {
      throw UserError("--model \(path) carries no dictionaries: give the data folder instead")
    }
    return task
  }

  private static func make(
    _ settings: ShortlistSettings, _ task: any GenerationTask
  ) throws -> Shortlist {
    let inputs = try task.generationInputs(settings.subset)
    let (sources, targets) = (task.description.sourceSymbols, task.description.targetSymbols)
    var counts = [Int](repeating: 0, count: targets)
    for place in 0..<inputs.count {
      guard let reference = inputs[place].reference else {
        throw UserError(
          "\(settings.data) has no target side of '\(settings.subset)': "
            + "a shortlist is learned from pairs"
        )
      }
      for symbol in reference { counts[Int(symbol)] += 1 }
    }
    let frequent = counts.indices.sorted { (counts[$0], $1) > (counts[$1], $0) }
      .prefix(settings.frequent).filter { counts[$0] > 0 }
    let translations = WordTranslations(
      inputs, sourceSymbols: sources, iterations: settings.iterations)
    return Shortlist(
      lists: translations.best(settings.best), frequent: frequent.map { Int32($0) },
      targetSymbols: targets, identity: task.identity)
  }
}
