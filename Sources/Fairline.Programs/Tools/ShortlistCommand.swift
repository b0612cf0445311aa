public import Fairline
import FairlineGeneration

/// The settings of `fairline-shortlist`.
struct ShortlistSettings: Configuration {
  var data = ""
  var to = ""
  var task = "translation"
  var subset = "train"
  var best = 100
  var frequent = 100
  var iterations = 4
  var verify = true

  static var options: [Option<Self>] {
    [
      Option(positional: "data", \.data, "folder of preprocessed data"),
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
      Option("iterations", \.iterations, in: .from(1, to: 1000), "number of passes over the data"),
      DatasetSettings.verification(\.verify),
    ]
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
    Program.run(program) {
      let catalog = try Catalog.standard(with: plugins)
      let settings = Draft("Shortlist", ShortlistSettings())
      let first = try CommandLineParser(program: program, drafts: [settings])
      _ = try first.parse(arguments, ignoringUnknown: true)
      let task = try catalog.tasks.select(settings.value.task)
      let parser = try CommandLineParser(
        program: program,
        summary:
          "Learns from training data which target symbols a source symbol is translated with.",
        drafts: [settings, task.draft],
        elsewhere: { ProgramFlags.all })
      let parsed = try Program.read(
        arguments, with: parser, warnings: { task.draft.trainingFlags(among: $0.given) })
      if parsed == nil { return }
      try write(settings.value, task)
    }
  }

  private static func write(
    _ settings: ShortlistSettings, _ selection: Selection<TaskContext, any Task>
  ) throws {
    guard !settings.to.isEmpty else { throw OptionError.missing("--to") }
    try settings.checkRanges()
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
    let shortlist = try make(settings, task)
    try shortlist.write(to: settings.to)
    Program.note("\(shortlist.symbols.count) translations of symbols in \(settings.to)")
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
