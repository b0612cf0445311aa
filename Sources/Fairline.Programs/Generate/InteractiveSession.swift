import Fairline
import FairlineData
import FairlineGeneration
import Foundation

/// Reads lines, translates them by the buffer, prints in order.
struct InteractiveSession {
  private let setup: GenerationSetup
  private let settings: InteractiveSettings
  private let writer: HypothesisWriter
  private let output: OutputFile
  private let buffer: Int
  private var unknownWords = 0
  private var brokenOff = 0
  private var searchSeconds = 0.0

  init(_ setup: GenerationSetup, _ settings: InteractiveSettings) throws {
    self.setup = setup
    self.settings = settings
    writer = HypothesisWriter(setup, decodesSources: false)
    output = try OutputFile()
    buffer = max(settings.bufferSize, 1)
    if let size = settings.batchSize, size > buffer {
      throw OptionError.invalid(
        "--batch-size \(size) is larger than --buffer-size \(buffer): raise the buffer")
    }
  }

  mutating func run() throws {
    let begun = Seconds.now()
    if buffer > 1 { Program.note("Sentence buffer size: \(buffer)") }
    if !setup.output.plain {
      Program.note("NOTE: hypothesis and token scores are output in base 2")
    }
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
    if let sentence = GenerationTally.sentence(brokenOff: brokenOff) { Program.note(sentence) }
    if unknownWords > 0 {
      Program.note("\(unknownWords) words are not in the dictionary and were read as unknown")
    }
    Program.note(
      String(
        format: "Total time: %.3f seconds; translation time: %.3f", Seconds.now() - begun,
        searchSeconds))
    try Program.reportTrouble(of: setup.loaded.models)
  }

  private mutating func translate(_ lines: [String], from first: Int) throws {
    if lines.isEmpty { return }
    let begun = Seconds.now()
    var limits: BatchLimits?
    if settings.batchSize != nil || settings.maxTokens != nil {
      limits = BatchLimits(
        maxTokens: settings.maxTokens, maxSentences: settings.batchSize, requiredMultiple: 1)
    }
    let all = try setup.translator.translate(lines, first: first, limits: limits)
    let seconds = Seconds.now() - begun
    searchSeconds += seconds
    for translation in all {
      unknownWords += translation.unknownCount
      if translation.outputs.first?.hypothesis.isBrokenOff == true { brokenOff += 1 }
      try output.write(describe(translation, seconds: seconds / Double(all.count)))
    }
    try output.flush()
  }

  private func describe(_ translation: Translation, seconds: Double) -> [String] {
    let (id, size) = (translation.input.id, translation.input.given.count)
    let longest = setup.translator.lengthLimits.source
    guard size > longest else {
      return writer.lines(
        translation.input, translation.outputs.map(\.hypothesis),
        extra: [String(format: "W-\(id)\t%.3f\tseconds", seconds)])
    }
    Program.note(
      "line \(id + 1) has \(size) symbols, more than the model's \(longest): "
        + "it is left untranslated; shorten it"
    )
    if setup.output.plain { return [""] }
    return ["S-\(id)\t\(HypothesisWriter.onOneLine(translation.line))"]
      + HypothesisWriter.nothing(id)
  }
}
