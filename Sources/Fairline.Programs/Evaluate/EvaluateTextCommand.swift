public import Fairline
import FairlineData
import FairlineGeneration
import FairlineTasks
import Foundation

/// What `fairline-eval-lm` runs.
public enum EvaluateTextCommand {
  /// Measures language models as the command line says, and gives the exit code.
  ///
  /// - Parameters:
  ///   - plugins: what is added to the catalogue: the architectures of the models at least.
  ///   - arguments: the arguments without the program's name.
  public static func main(
    plugins: [any Plugin.Type], program: String = "fairline-eval-lm",
    arguments: [String] = Array(CommandLine.arguments.dropFirst())
  ) -> Int32 {
    Program.runAlone(program) {
      let catalog = try Catalog.standard(with: plugins)
      let reading = Draft("Evaluation", EvaluateTextSettings())
      let setup = try EvaluationSetup(
        program: program, summary: "Measures how well language models predict a text.", catalog,
        arguments, reading: [reading])
      guard let setup else { return }
      try run(setup, reading.value, catalog)
    }
  }

  private static func run(
    _ setup: EvaluationSetup, _ settings: EvaluateTextSettings, _ catalog: Catalog
  ) throws {
    let evaluation = try settings.evaluation()
    var dataset = DatasetSettings()
    dataset.verify = settings.verify
    let loaded = try LoadedModels(
      setup.files, catalog, task: setup.task, data: settings.data, overrides: setup.overrides,
      dataset: dataset, forSearch: false, note: Program.note)
    guard let task = loaded.task as? LanguageModelingTask else {
      throw UserError(
        "\(setup.files[0].path) was trained for the task '\(setup.files[0].header.task.name)', "
          + "and this program measures language models: use fairline-validate")
    }
    let processing = try settings.postProcess.map(PostProcessing.init) ?? .none
    let joining = try WordJoining(processing, task.vocabulary.symbols)
    var tally = PerplexityTally(joining)
    let output = try OutputFile()
    let text = TextEvaluation(models: loaded.models, task: task, evaluation)
    let summary = try text.run(settings.genSubset) { block in
      let words = tally.add(block)
      if settings.outputWordProbs { try output.write([words.line]) }
      for word in words.impossible {
        Program.note("block \(block.id): '\(word)' has probability 0 and does not count")
      }
    }
    if let warning = summary.warning { Program.note(warning) }
    guard tally.count > 0 else {
      throw UserError(
        "the subset '\(settings.genSubset)' has nothing to predict: name another one with "
          + "--gen-subset, or give a longer --tokens-per-sample")
    }
    let rate = summary.seconds > 0 ? Double(summary.tokens) / summary.seconds : 0
    Program.note(
      "Evaluated \(NumberText.grouped(summary.tokens)) tokens in "
        + String(format: "%.1fs (%.2f tokens/s)", summary.seconds, rate))
    if settings.outputWordStats { try output.write(tally.wordLines) }
    try output.write([tally.line])
    try output.finish()
    try Program.reportTrouble(of: loaded.models)
  }
}
