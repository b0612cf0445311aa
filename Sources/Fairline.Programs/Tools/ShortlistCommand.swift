import Fairline
import FairlineGeneration
import FairlineTasks
import FairlineData

/// The settings of `fairline-shortlist`.
struct ShortlistSettings: Configuration {
  var data = ""
  var to = ""
  var subset = "train"
  var best = 100
  var frequent = 100
  var iterations = 4

  static var options: [Option<Self>] {
    [
      Option(positional: "data", \.data, "folder of preprocessed data"),
      Option("to", \.to, "file to write"),
      Option("subset", \.subset, "data subset to learn from"),
      Option("best", \.best, "likeliest target symbols kept for each source symbol"),
      Option("frequent", \.frequent, "most frequent target symbols kept for every sentence"),
      Option("iterations", \.iterations, "passes over the data"),
    ]
  }
}

/// What `fairline-shortlist` runs.
public enum ShortlistCommand {
  /// Learns a shortlist as the command line says, and gives the exit code.
  ///
  /// - Parameter arguments: the arguments without the program's name.
  public static func main(
    program: String = "fairline-shortlist",
    arguments: [String] = Array(CommandLine.arguments.dropFirst())
  ) -> Int32 {
    Program.run(program) {
      let settings = Draft("Shortlist", ShortlistSettings())
      let task = Draft("Task", TranslationConfiguration())
      let parser = try CommandLineParser(
        program: program,
        summary:
          "Learns from training data which target symbols a source symbol is translated with.",
        drafts: [settings, task])
      let parsed = try parser.parse(arguments)
      let version = "\(program) \(Program.fairlineVersion)"
      if try Program.answer(parsed.request, parser, version: version) { return }
      parsed.warnings.forEach { Program.note("\(program): \($0)") }
      try write(settings.value, task.value)
    }
  }

  private static func write(
    _ settings: ShortlistSettings, _ configuration: TranslationConfiguration
  ) throws {
    guard !settings.data.isEmpty else {
      throw OptionError.invalid(
        "the data folder is missing: name the folder that fairline-preprocess wrote")
    }
    guard !settings.to.isEmpty else { throw OptionError.missing("--to") }
    guard settings.best > 0, settings.frequent >= 0, settings.iterations > 0 else {
      throw OptionError.invalid("--best and --iterations must be above 0, --frequent not below 0")
    }
    let task = try TranslationTask(
      configuration, TaskContext(data: settings.data, assets: [:]))
    let shortlist = try make(settings, task)
    try shortlist.write(to: settings.to)
    Program.note("\(shortlist.symbols.count) translations of symbols in \(settings.to)")
  }

  private static func make(
    _ settings: ShortlistSettings, _ task: TranslationTask
  ) throws -> Shortlist {
    let dataset = try task.dataset(settings.subset)
    guard let targets = dataset.targets else {
      throw UserError(
        "\(settings.data) has no target side of '\(settings.subset)': a shortlist is learned from pairs"
      )
    }
    var counts = [Int](repeating: 0, count: task.vocabularies.target.count)
    for sentence in 0..<dataset.count {
      for symbol in targets[sentence] { counts[Int(symbol)] += 1 }
    }
    let frequent = counts.indices.sorted { (counts[$0], $1) > (counts[$1], $0) }
      .prefix(settings.frequent).filter { counts[$0] > 0 }
    let translations = WordTranslations(
      dataset, sourceSymbols: task.vocabularies.source.count, iterations: settings.iterations)
    return Shortlist(
      lists: translations.best(settings.best), frequent: frequent.map { Int32($0) },
      targetSymbols: task.vocabularies.target.count, identity: task.identity)
  }
}
