import Fairline
public import FairlineScoring

/// What `fairline-score` does: compares files of sentences.
public struct ScoreCommand {
  private let settings: ScoreConfiguration

  /// A command; throws ``OptionError`` for settings that do not go together.
  public init(_ settings: ScoreConfiguration) throws {
    guard !settings.references.isEmpty else { throw OptionError.missing("--ref") }
    let plain = [
      ("--sacrebleu", settings.usesSacreBLEU), ("--chrf", settings.usesCharacterFScore),
      ("--ter", settings.usesEditRate),
    ].filter(\.1).map(\.0)
    guard plain.count <= 1 else {
      throw OptionError.invalid("\(plain.joined(separator: " and ")): choose one of them")
    }
    guard !plain.isEmpty || settings.references.count == 1 else {
      throw OptionError.invalid("--ref: several references need --sacrebleu, --chrf or --ter")
    }
    for (flag, isGiven, chief) in [
      ("--chrf-word-order", settings.wordOrder != 0, "--chrf"),
      ("--ter-case-sensitive", settings.editRateIsCaseSensitive, "--ter"),
      ("--ter-normalized", settings.editRateNormalizes, "--ter"),
      ("--ter-no-punct", settings.editRateRemovesPunctuation, "--ter"),
      ("--ter-asian-support", settings.editRateSupportsAsian, "--ter"),
    ] where isGiven && !plain.contains(chief) {
      throw OptionError.invalid("\(flag) needs \(chief), whose setting it is")
    }
    let limit = settings.usesSacreBLEU ? 16 : TokenBLEU.maximumOrder
    guard (1...limit).contains(settings.order) else {
      throw OptionError.invalid("--order must be between 1 and \(limit)")
    }
    guard (0...16).contains(settings.wordOrder) else {
      throw OptionError.invalid("--chrf-word-order must be between 0 and 16")
    }
    self.settings = settings
  }

  /// Reads the files and hands every line of the result to `output`.
  ///
  /// The signature of plain-text scores goes to `note`.
  public func run(output: (String) throws -> Void, note: (String) -> Void = { _ in }) throws {
    let hypotheses = try LineReader(settings.system, flag: "--sys").rest()
    let references = try settings.references.map { try LineReader($0, flag: "--ref").rest() }
    try ScoreError.checkLengths(hypotheses, references)
    if let metric = PlainMetric(settings) {
      try report(metric, hypotheses, references, output, note)
    } else {
      try scoreTokens(hypotheses, references[0], output)
    }
  }

  private func scoreTokens(
    _ hypotheses: [String], _ references: [String], _ output: (String) throws -> Void
  ) throws {
    var interner = WordInterner(["<s>", "<pad>", "</s>", "<unk>"])
    var scorer = TokenBLEU(pad: 1, eos: 2, unknown: 3)
    for (index, pair) in zip(hypotheses, references).enumerated() {
      if settings.isSentenceWise { scorer.reset(isSmoothed: true) }
      let (hypothesis, reference) =
        settings.ignoresCase
        ? (SmallLetters.of(pair.0), SmallLetters.of(pair.1)) : pair
      scorer.add(
        reference: interner.numbers(reference) + [2], hypothesis: interner.numbers(hypothesis) + [2]
      )
      if settings.isSentenceWise {
        try output("\(index) \(scorer.description(order: settings.order))")
      }
    }
    if !settings.isSentenceWise { try output(scorer.description(order: settings.order)) }
  }

  /// Reports a score of plain text, for the corpus or for each sentence.
  private func report(
    _ metric: PlainMetric, _ hypotheses: [String], _ references: [[String]],
    _ output: (String) throws -> Void, _ note: (String) -> Void
  ) throws {
    guard settings.isSentenceWise else {
      let (line, signature) = try metric.corpus(hypotheses, references)
      note("signature: \(signature)")
      return try output(line)
    }
    for (index, hypothesis) in hypotheses.enumerated() {
      try output("\(index) \(metric.sentence(hypothesis, references.map { $0[index] }))")
    }
  }
}

extension ScoreCommand {
  /// Scores as the command line says, and gives the exit code.
  ///
  /// - Parameter arguments: the arguments without the program's name.
  public static func main(
    program: String = "fairline-score",
    arguments: [String] = Array(CommandLine.arguments.dropFirst())
  ) -> Int32 {
    Program.run(program) {
      let draft = Draft<ScoreConfiguration>("Scoring")
      let parser = try CommandLineParser(
        program: program,
        summary: "Scores translations: fairseq's BLEU on tokens, or sacreBLEU's BLEU, chrF or TER.",
        drafts: [draft])
      let parsed = try parser.parse(arguments)
      parsed.warnings.forEach { Program.note("\(program): \($0)") }
      let version = "\(program) \(Program.fairlineVersion)"
      if try Program.answer(parsed.request, parser, version: version) { return }
      try ScoreCommand(draft.value).run(
        output: { try Program.put($0 + "\n") }, note: { Program.note($0) })
    }
  }
}
