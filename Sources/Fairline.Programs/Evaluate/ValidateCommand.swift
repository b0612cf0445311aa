public import Fairline
import Foundation

/// What `fairline-validate` runs.
public enum ValidateCommand {
  /// Computes a checkpoint's losses as the command line says, and gives the exit code.
  ///
  /// - Parameters:
  ///   - plugins: what is added to the catalogue: the architecture of the model at least.
  ///   - arguments: the arguments without the program's name.
  public static func main(
    plugins: [any Plugin.Type], program: String = "fairline-validate",
    arguments: [String] = Array(CommandLine.arguments.dropFirst())
  ) -> Int32 {
    Program.runAlone(program) {
      let catalog = try Catalog.standard(with: plugins)
      let (reading, dataset) = (
        Draft("Validation", ValidateSettings()), Draft("Data", DatasetSettings())
      )
      let setup = try EvaluationSetup(
        program: program, summary: "Computes the losses of a model on data subsets.", catalog,
        arguments, reading: [reading, dataset]
      ) { file in
        let record = file?.header.criterion ?? ComponentRecord(name: "cross_entropy")
        return try catalog.criteria.select(
          reading.value.criterion.map { $0 == record.name ? record : ComponentRecord(name: $0) }
            ?? record)
      }
      guard let setup else { return }
      try run(setup, reading.value, dataset.value, catalog)
    }
  }

  private static func run(
    _ setup: EvaluationSetup, _ settings: ValidateSettings, _ dataset: DatasetSettings,
    _ catalog: Catalog
  ) throws {
    guard let file = setup.files.first, setup.files.count == 1 else {
      throw UserError(
        "--path names \(setup.files.count) models, and this program measures one: name one")
    }
    guard dataset.maxTokens != nil || dataset.batchSize != nil else {
      throw OptionError.invalid("--max-tokens or --batch-size is missing: give one of them")
    }
    try dataset.check()
    let sink = try LogSink(copyingTo: settings.logFile)
    let task = try setup.task.build(
      TaskContext(
        data: settings.data, assets: try file.assets(), dataset: dataset, note: Program.note))
    try file.check(against: task)
    guard !task.validationSets.isEmpty else {
      throw UserError("--valid-subset names no subset: name one, such as valid or test")
    }
    let model = try file.makeModel(catalog, overrides: setup.overrides)
    task.restrict(toMaximumPositions: model.maximumPositions)
    let averages = file.header.run["sentence-avg"]?.boolValue ?? false
    let criterion = try setup.criterion?.build(
      CriterionContext(task: task.description, averagesSentences: averages))
    guard let criterion else { preconditionFailure("a criterion is always chosen") }
    let format = settings.noProgressBar ? LogFormat.simple : settings.logFormat
    var progress = ProgressDisplay(format: format, sink: sink)
    for name in task.validationSets {
      var report = Report(name, subset: name)
      progress.begin(report.heading, total: nil)
      let result = try Validation(of: model, on: name, of: task, by: criterion) { done, _ in
        progress.advance(to: done)
      }
      progress.end()
      guard result.batches > 0 else {
        throw UserError(
          "the subset '\(name)' has no sentences within the limits: name another one in "
            + "--valid-subset")
      }
      report.add(result.measuredColumns)
      progress.print(report)
    }
    // The log is all that this program makes.
    try sink.checkAnyCopy()
    try Program.reportTrouble(of: [model])
  }
}
