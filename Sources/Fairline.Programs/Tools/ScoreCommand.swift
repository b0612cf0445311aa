public import Fairline
import FairlineScoring

/// The settings of `fairline-score`, beside those of the metrics.
package struct ScoreSettings: Configuration, Equatable {
  /// The output, one sentence a line; `-` is standard input.
  package var system = "-"
  /// The references, one sentence a line in each file.
  package var references: [String] = []
  /// The greatest length of n-grams.
  package var order = 4
  /// Whether all is compared in small letters.
  package var ignoresCase = false
  /// Whether each sentence is scored for itself.
  package var isSentenceWise = false
  /// The metric's name; fairseq's BLEU when nil.
  package var metric: String?
  /// Whether sacreBLEU's BLEU is computed, on plain text.
  package var usesSacreBLEU = false
  /// Whether chrF is computed, on plain text.
  package var usesCharacterFScore = false
  /// Whether the translation edit rate is computed, on plain text.
  package var usesEditRate = false

  /// The defaults.
  package init() {}

  /// The flags.
  package static var options: [Option<Self>] {
    [
      Option(
        "sys", aliases: ["s"], \.system, "system output, one sentence a line; - is standard input",
        value: "FILE"),
      Option(
        "ref", aliases: ["r"], \.references,
        "references, one sentence a line; several files for several references", value: "FILE …",
        collects: true),
      Option(
        "order", aliases: ["o"], \.order, in: .from(1, to: 16), "maximum length of n-grams"
      ),
      Option("ignore-case", \.ignoresCase, "ignore case"),
      Option("sentence-bleu", \.isSentenceWise, "score each sentence separately"),
      Option("metric", \.metric, "metric, one that --list shows (default: bleu)", value: "NAME"),
      Option("sacrebleu", \.usesSacreBLEU, "the same as --metric sacrebleu"),
      Option("chrf", \.usesCharacterFScore, "the same as --metric chrf"),
      Option("ter", \.usesEditRate, "the same as --metric ter"),
    ]
  }

  /// The names of the metrics that are asked for, with the flags that did.
  var asked: [(flag: String, metric: String)] {
    [
      metric.map { ("--metric \($0)", $0) }, usesSacreBLEU ? ("--sacrebleu", "sacrebleu") : nil,
      usesCharacterFScore ? ("--chrf", "chrf") : nil, usesEditRate ? ("--ter", "ter") : nil,
    ].compactMap(\.self)
  }
}

/// What `fairline-score` does: compares files of sentences.
public struct ScoreCommand {
  private let settings: ScoreSettings
  private let metric: any Metric

  /// Reads the command line; nil when it only asked for information, which is then printed.
  ///
  /// - Throws: `OptionError` for flags that do not go together.
  public init?(
    program: String = "fairline-score", _ catalog: Catalog, _ arguments: [String]
  ) throws {
    let draft = Draft<ScoreSettings>("Scoring")
    let common = Draft("Common", ListSettings())
    let metrics = try catalog.metrics.names.map { (name: $0, try catalog.metrics.select($0)) }
    let parser = try CommandLineParser(
      program: program, summary: "Scores text against references.",
      drafts: [draft, common] + metrics.map(\.1.draft).filter { !$0.formats.isEmpty },
      elsewhere: { ProgramFlags.all })
    guard let parsed = try Program.read(arguments, with: parser) else { return nil }
    if common.value.list {
      try Program.put(catalog.listing + "\n")
      return nil
    }
    settings = draft.value
    guard !settings.references.isEmpty else { throw OptionError.missing("--ref") }
    let streams = ([settings.system] + settings.references).filter(Self.isStandardInput)
    guard streams.count <= 1 else {
      throw OptionError.invalid(
        "--sys and --ref: standard input can be read once only: give files for the others")
    }
    let asked = settings.asked
    guard asked.count <= 1 else {
      let flags = asked.map(\.flag).joined(separator: " and ")
      throw OptionError.invalid("\(flags): choose one of them")
    }
    let name = asked.first?.metric ?? "bleu"
    let context = MetricContext(order: settings.order, ignoresCase: settings.ignoresCase)
    var built: (any Metric)?
    for (other, selection) in metrics {
      if other == name {
        built = try selection.build(context)
      } else if let format = selection.draft.formats.first(where: {
        parsed.given.contains($0.names[0])
      }) {
        let chief =
          ["sacrebleu", "chrf", "ter"].contains(other) ? "--\(other)" : "--metric \(other)"
        throw OptionError.invalid("\(format.flag) needs \(chief), whose setting it is")
      }
    }
    guard let built else {
      throw RegistryError.unknown(
        kind: MetricSection.kind, name: name, known: catalog.metrics.names)
    }
    metric = built
    guard settings.references.count == 1 || metric.takesSeveralReferences else {
      throw OptionError.invalid("--ref: several references need --sacrebleu, --chrf or --ter")
    }
  }

  private static func isStandardInput(_ path: String) -> Bool {
    ["-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"].contains(path)
  }

  /// Reads the files and hands every line of the result to `output`.
  ///
  /// The signature of plain-text scores goes to `note`.
  public func run(output: (String) throws -> Void, note: (String) -> Void = { _ in }) throws {
    let hypotheses = try LineReader(settings.system, flag: "--sys").rest()
    let references = try settings.references.map { try LineReader($0, flag: "--ref").rest() }
    try ScoreError.checkLengths(hypotheses, references)
    guard settings.isSentenceWise else {
      let score = try metric.score(
        ScoredCorpus(hypotheses: hypotheses, references: references))
      if let signature = score.signature { note("signature: \(signature)") }
      return try output(score.line)
    }
    for (index, hypothesis) in hypotheses.enumerated() {
      let score = try metric.score(
        sentence: hypothesis, references: references.map { $0[index] })
      try output("\(index) \(score.line)")
    }
  }
}

extension ScoreCommand {
  /// Scores as the command line says, and gives the exit code.
  ///
  /// - Parameters:
  ///   - plugins: what is added to the catalogue.
  ///   - arguments: the arguments without the program's name.
  public static func main(
    plugins: [any Plugin.Type] = [], program: String = "fairline-score",
    arguments: [String] = Array(CommandLine.arguments.dropFirst())
  ) -> Int32 {
    Program.runAlone(program) {
      let command = try ScoreCommand(
        program: program, try Catalog.standard(with: plugins), arguments)
      try command?.run(
        output: { try Program.put($0 + "\n") }, note: { Program.note($0) })
    }
  }
}
