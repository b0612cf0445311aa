import Fairline
import FairlineGeneration

/// The command line of an evaluating program: models and their task, with the program's own
/// settings.
struct EvaluationSetup {
  /// The models' files, the first one's task among them.
  let files: [ModelFile]
  /// The first model's task, with settings of the user's.
  let task: Selection<TaskContext, any Task>
  /// The criterion, for a program that needs one.
  let criterion: Selection<CriterionContext, any Criterion>?
  /// Settings to lay over the models' saved ones.
  let overrides: JSONValue

  /// Reads the command line; nil when it only asked for information.
  ///
  /// - Parameters:
  ///   - drafts: the program's own settings.
  ///   - criterion: chooses a criterion when the program's own settings are read, the first model
  ///     in hand.
  init?(
    program: String, summary: String, _ catalog: Catalog, _ arguments: [String],
    reading drafts: [any AnyDraft],
    criterion: (ModelFile?) throws -> Selection<CriterionContext, any Criterion>? = { _ in nil }
  ) throws {
    let (common, choice) = (Draft("Common", CommonSettings()), Draft("Model", ModelChoice()))
    let first = try CommandLineParser(program: program, drafts: [common, choice] + drafts)
    let asked = try first.parse(arguments, ignoringUnknown: true)
    if common.value.list {
      try Program.put(catalog.listing + "\n")
      return nil
    }
    let hasModel = asked.request == nil && choice.value.path?.isEmpty == false
    files = hasModel ? try LoadedModels.open(choice.value.path, catalog) : []
    let record = files.first?.header.task ?? ComponentRecord(name: "language_modeling")
    let changes = try LoadedModels.overrides(
      choice.value.modelOverrides, ofTask: try catalog.tasks.select(record.name).draft)
    task = try catalog.tasks.select(record, overrides: changes.task)
    self.criterion = try criterion(files.first)
    let chosen = ([task.draft] + [self.criterion?.draft].compactMap(\.self))
      .filter { !$0.formats.isEmpty }
    let parser = try CommandLineParser(
      program: program, summary: summary, drafts: drafts + [choice, common] + chosen,
      others: { catalog.drafts }, elsewhere: { ProgramFlags.all })
    let version = CommonSettings.version(program)
    if try Program.read(arguments, with: parser, version: version) == nil { return nil }
    if !hasModel { _ = try LoadedModels.open(choice.value.path, catalog) }
    try common.value.apply()
    overrides = changes.model
    for file in files where file.header.quantization != nil {
      Program.note("\(file.path) is evaluated with its rounded weights, in floating point")
    }
  }
}
