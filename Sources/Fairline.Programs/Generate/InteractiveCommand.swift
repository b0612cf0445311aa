public import Fairline
import FairlineGeneration
import FairlineData
import FairlineTasks
import FairlineTensor
import Foundation

/// What `fairline-interactive` reads.
struct InteractiveSettings: Configuration {
  var data = ""
  var input = "-"
  var bufferSize = 0
  var batchSize: Int?
  var maxTokens: Int?

  static var options: [Option<Self>] {
    [
      Option(positional: "data", \.data, "data folder, when the model lacks dictionaries"),
      Option("input", \.input, "file of lines to translate; - for standard input"),
      Option("buffer-size", \.bufferSize, "lines read before they are translated"),
      Option(
        "batch-size", aliases: ["max-sentences"], \.batchSize, "most sentences of a batch (64)"),
      Option("max-tokens", \.maxTokens, "most sentences times longest side of a batch"),
    ]
  }
}

/// What `fairline-interactive` runs.
public enum InteractiveCommand {
  /// Translates lines as the command line says, and gives the exit code.
  ///
  /// - Parameters:
  ///   - plugins: what is added to the catalogue: the architectures of the models at least.
  ///   - arguments: the arguments without the program's name.
  public static func main(
    plugins: [any Plugin.Type], program: String = "fairline-interactive",
    arguments: [String] = Array(CommandLine.arguments.dropFirst())
  ) -> Int32 {
    Program.run(program) {
      let catalog = try Catalog.standard(with: plugins)
      let reading = Draft("Input", InteractiveSettings())
      let setup = try GenerationSetup(
        program: program, summary: "Translates lines of text.", catalog, arguments,
        reading: reading, data: { reading.value.data })
      guard let setup else { return }
      var session = try InteractiveSession(setup, reading.value)
      try session.run()
    }
  }
}

/// Reads lines, translates them by the buffer, prints in order.
struct InteractiveSession {
  private let setup: GenerationSetup
  private let settings: InteractiveSettings
  private let writer: HypothesisWriter
  private let translator: BatchTranslator
  private let pieces: SentencePieceModel?
  private let output: OutputFile
  private var unknownWords = 0
  private var searchSeconds = 0.0

  init(_ setup: GenerationSetup, _ settings: InteractiveSettings) throws {
    self.setup = setup
    self.settings = settings
    let vocabularies = setup.loaded.task.vocabularies
    writer = try HypothesisWriter(
      setup.output, setup.generation, vocabularies, decodesSources: false)
    translator = try setup.translator()
    output = try OutputFile()
    if setup.output.bpe == "sentencepiece" || vocabularies.sourcePieces != nil {
      pieces =
        try setup.output.sentencepieceModel.map { try SentencePieceModel(contentsOf: $0) }
        ?? vocabularies.sourcePieces
    } else {
      pieces = nil
    }
    if setup.output.bpe == "sentencepiece", pieces == nil {
      throw UserError(
        "--bpe sentencepiece needs a model of pieces: give --sentencepiece-model, or use a checkpoint that carries one"
      )
    }
    let buffer = max(settings.bufferSize, 1)
    if let size = settings.batchSize, size > buffer {
      throw OptionError.invalid(
        "--batch-size \(size) is larger than --buffer-size \(buffer): raise the buffer")
    }
  }

  mutating func run() throws {
    let begun = Seconds.now()
    let buffer = max(settings.bufferSize, 1)
    if buffer > 1 { Program.note("Sentence buffer size: \(buffer)") }
    Program.note("NOTE: hypothesis and token scores are output in base 2")
    if settings.input == "-", isatty(0) == 1 {
      Program.note("Type the input sentence and press return:")
    }
    let lines = try LineReader(settings.input, flag: "--input")
    var (first, waiting): (Int, [String]) = (0, [])
    func nextLine() throws -> String? {
      do { return try lines.next() } catch {
        try translate(waiting, from: first)
        throw error
      }
    }
    while let line = try nextLine() {
      waiting.append(line)
      guard waiting.count == buffer else { continue }
      try translate(waiting, from: first)
      first += waiting.count
      waiting = []
    }
    try translate(waiting, from: first)
    if unknownWords > 0 {
      Program.note("\(unknownWords) words are not in the dictionary and were read as unknown")
    }
    Program.note(
      String(
        format: "Total time: %.3f seconds; translation time: %.3f", Seconds.now() - begun,
        searchSeconds))
  }

  private mutating func translate(_ lines: [String], from first: Int) throws {
    if lines.isEmpty { return }
    let limit = setup.loaded.task.lengthLimits.source
    var sources: [[Int32]] = []
    for line in lines {
      let text = try pieces.map { try $0.encode(line).joined(separator: " ") } ?? line
      sources.append(setup.loaded.task.vocabularies.source.encode(text))
      unknownWords += sources[sources.count - 1].count { $0 == Vocabulary.unk }
    }
    let batches = try batches(of: sources, limit: limit)
    var results: [Int: [String]] = [:]
    let begun = Seconds.now()
    var last = begun
    let all = sources
    try translator.translate(
      batches.count,
      { index in
        let ids = batches[index]
        return SentencePairs(
          ids: ids.map { $0 + first }, sources: ids.map { all[$0] }, targets: [])
      }
    ) { pairs, found in
      let seconds = (Seconds.now() - last) / Double(max(pairs.ids.count, 1))
      last = Seconds.now()
      for row in pairs.ids.indices {
        results[pairs.ids[row] - first] = describe(pairs, row, found[row], seconds)
      }
    }
    searchSeconds += Seconds.now() - begun
    for place in lines.indices {
      if let lines = results[place] {
        try output.write(lines)
        continue
      }
      let id = place + first
      Program.note(
        "line \(id + 1) has \(sources[place].count) symbols, more than the model's \(limit): it is left untranslated; shorten it"
      )
      try output.write(["S-\(id)\t\(lines[place])", "H-\(id)\t-inf\t", "D-\(id)\t-inf\t"])
    }
    try output.flush()
  }

  /// Sentences by length, long ones first so that workers end together.
  private func batches(of sources: [[Int32]], limit: Int) throws -> [[Int]] {
    let order = sources.indices.filter { sources[$0].count <= limit }
      .sorted { sources[$0].count > sources[$1].count }
    var size = settings.batchSize
    if size == nil, settings.maxTokens == nil {
      size = max(1, min(64, (order.count + translator.workerCount - 1) / translator.workerCount))
    }
    let limits = BatchLimits(
      maxTokens: settings.maxTokens, maxSentences: size, requiredMultiple: 1)
    return try limits.batches(of: order) { sources[$0].count }
  }

  private func describe(
    _ pairs: SentencePairs, _ row: Int, _ found: [Hypothesis], _ seconds: Double
  ) -> [String] {
    let (id, source) = (pairs.ids[row], pairs.sources[row])
    var lines = [
      writer.source(source, id: id), String(format: "W-\(id)\t%.3f\tseconds", seconds),
    ]
    for hypothesis in found.prefix(setup.generation.nbest) {
      lines += writer.lines(hypothesis, source: source, id: id)
    }
    return lines
  }
}
