public import Fairline
import FairlineData
import FairlineDistributed
import FairlineGeneration
import FairlineScoring
import Foundation

/// What `fairline-generate` runs.
public enum GenerateCommand {
  /// Generates for a data set as the command line says, and gives the exit code.
  ///
  /// - Parameters:
  ///   - plugins: what is added to the catalogue: the architectures of the models at least.
  ///   - arguments: the arguments without the program's name.
  public static func main(
    plugins: [any Plugin.Type], program: String = "fairline-generate",
    arguments: [String] = Array(CommandLine.arguments.dropFirst())
  ) -> Int32 {
    let job = RankedJob()
    let body = {
      let catalog = try Catalog.standard(with: plugins)
      let reading = Draft("Generation", GenerateSettings())
      let ranks = Draft("Ranks", RankSettings())
      let read = {
        try GenerationSetup(
          program: program, summary: "Translates preprocessed data.", catalog, arguments,
          reading: reading, ranks: ranks, data: { (reading.value.data, reading.value.verify) },
          metric: { reading.value.sacrebleu ? "sacrebleu" : reading.value.scoring },
          scoring: { reading.value.metricContext })
      }
      let found = if let job { try job.quietly(read) } else { try read() }
      guard let setup = found else { return }
      job?.chooseThreads(setup.threads, program)
      let exchange = try job?.join(program, ranks.value, settings: setup.settings)
      try run(setup, reading.value, catalog, exchange)
    }
    return job?.run(program, body) ?? Program.run(program, body)
  }

  private static func run(
    _ setup: GenerationSetup, _ settings: GenerateSettings, _ catalog: Catalog,
    _ exchange: RankExchange?
  ) throws {
    try settings.check()
    let task = setup.loaded.task
    let inputs = try task.generationInputs(settings.genSubset)
    try checkReferences(inputs, setup, settings)
    try check(setup.generation, inputs)
    let selection = try inputs.batches(
      BatchLimits(
        maxTokens: settings.maxTokens, maxSentences: settings.batchSize,
        requiredMultiple: settings.requiredBatchSizeMultiple),
      lengths: setup.translator.lengthLimits,
      policy: settings.skipInvalidSizeInputsValidTest ? .drop : .refuse,
      seed: settings.genSubset == "test" ? nil : setup.generation.seed)
    let batches = settings.share(of: selection.batches)
    let ranks = exchange.map {
      RankedGeneration(exchange: $0, translator: setup.translator, inputs: inputs)
    }
    try ranks?.check(setup.loaded.models, batches)
    if let ranks, !ranks.exchange.role.writes {
      // The first rank has the results, and a word for all.
      try ranks.generate(batches) { _, _ in }
      return try Program.reportTrouble(of: setup.loaded.models, isQuiet: true)
    }
    if let warning = selection.warning { Program.note(warning) }
    let writer = HypothesisWriter(setup, decodesSources: true)
    let output = try OutputFile(folder: settings.resultsPath, subset: settings.genSubset)
    let metric =
      try setup.metric
      ?? catalog.metrics.select(task.usualMetric).build(settings.metricContext)
    var tally = GenerationTally(
      setup.translator.coder, metric, ofSymbols: !settings.ignoreCase)
    let printsNothing = setup.output.quiet && !setup.output.plain
    let keepsOrder = settings.keepOrder || setup.output.plain
    var kept = [[String]](repeating: [], count: keepsOrder ? inputs.count : 0)
    let replacesWords = setup.generation.replaceUnk != nil
    let begun = Seconds.now()
    let deliver: ([GenerationInput], [[Hypothesis]]) throws -> Void = { batch, found in
      for (input, hypotheses) in zip(batch, found) {
        let input = replacesWords ? inputs.withText(input) : input
        let lines = printsNothing ? [] : writer.lines(input, hypotheses)
        tally.add(input, hypotheses)
        if keepsOrder { kept[input.id] = lines } else { try output.write(lines) }
      }
      try output.flush()
    }
    if let ranks {
      try ranks.generate(batches, deliver: deliver)
    } else {
      try setup.translator.generate(batches, of: inputs, deliver: deliver)
    }
    if !printsNothing, settings.shardId == 0 {
      for place in leftOut(of: inputs, by: selection) {
        let lines = writer.lines(inputs[place], [])
        if keepsOrder { kept[place] = lines } else { try output.write(lines) }
      }
    }
    for lines in kept { try output.write(lines) }
    tally.report(seconds: Seconds.now() - begun)
    if !setup.output.plain, let score = try tally.score() {
      try output.write([
        "Generate \(settings.genSubset) with beam=\(setup.generation.beam): \(score)"
      ])
    }
    try output.finish()
    try Program.reportTrouble(of: setup.loaded.models)
  }

  /// The places of over-long sentences, which have lines too.
  private static func leftOut(
    of inputs: any GenerationInputs, by selection: LanguagePairDataset.Batches
  ) -> [Int] {
    guard selection.droppedCount > 0 else { return [] }
    let taken = Set(selection.batches.joined())
    return (0..<inputs.count).filter { !taken.contains($0) }
  }

  /// Refuses what needs references where there are none.
  private static func checkReferences(
    _ inputs: any GenerationInputs, _ setup: GenerationSetup, _ settings: GenerateSettings
  ) throws {
    guard inputs.count > 0, inputs[0].reference == nil else { return }
    let flags = [
      setup.generation.scoreReference ? "--score-reference" : nil,
      setup.generation.prefixSize > 0 ? "--prefix-size" : nil,
    ].compactMap(\.self)
    if let flag = flags.first {
      throw OptionError.invalid(
        "\(flag) needs references, and '\(settings.genSubset)' has no target side: "
          + "leave the flag out, or preprocess both sides")
    }
    if setup.metric != nil {
      Program.note("'\(settings.genSubset)' has no target side: there is nothing to score")
    }
  }

  /// Refuses flags that need what a data set does not hold.
  private static func check(
    _ settings: GenerationSettings, _ inputs: any GenerationInputs
  ) throws {
    if settings.constraints != nil {
      throw UserError(
        "--constraints needs phrases behind tabs, which data sets do not have: give lines of text "
          + "to fairline-interactive")
    }
    if settings.replaceUnk != nil, inputs.count > 0, inputs.text(at: 0) == nil {
      throw UserError(
        "--replace-unk needs the source's words, which binarised data do not have: "
          + "preprocess with --dataset-impl raw")
    }
  }
}
