public import Fairline
import Foundation

/// Settings of `fairline-score`.
public struct ScoreConfiguration: Configuration, Equatable {
  /// The output, one sentence a line; `-` is standard input.
  public var system = "-"
  /// The references, one sentence a line in each file.
  public var references: [String] = []
  /// The greatest length of n-grams.
  public var order = 4
  /// Whether all is compared in small letters.
  public var ignoresCase = false
  /// Whether sacreBLEU's BLEU is computed, on plain text.
  public var usesSacreBLEU = false
  /// Whether each sentence is scored for itself.
  public var isSentenceWise = false
  /// sacreBLEU's tokenizer.
  public var tokenizer = BLEUTokenizer.v13a
  /// sacreBLEU's smoothing.
  public var smoothing = BLEUSmoothing.exp
  /// Whether chrF is computed, on plain text.
  public var usesCharacterFScore = false
  /// The greatest length of word n-grams in chrF.
  public var wordOrder = 0
  /// Whether the translation edit rate is computed, on plain text.
  public var usesEditRate = false
  /// Whether capital and small letters differ in the edit rate.
  public var editRateIsCaseSensitive = false
  /// Whether punctuation is cut off words for the edit rate.
  public var editRateNormalizes = false
  /// Whether punctuation is left out of the edit rate.
  public var editRateRemovesPunctuation = false
  /// Whether East Asian text is cut up for the edit rate.
  public var editRateSupportsAsian = false

  /// The defaults.
  public init() {}

  /// The flags.
  public static var options: [Option<Self>] {
    [
      Option(
        "sys", aliases: ["s"], \.system, "system output, one sentence a line; - is standard input",
        value: "FILE"),
      Option(
        "ref", aliases: ["r"], \.references,
        "references, one sentence a line; several files for several references", value: "FILE …",
        collects: true),
      Option("order", aliases: ["o"], \.order, "consider n-grams up to this length"),
      Option("ignore-case", \.ignoresCase, "compare in small letters"),
      Option("sacrebleu", \.usesSacreBLEU, "score plain text as sacreBLEU does"),
      Option("sentence-bleu", \.isSentenceWise, "score each sentence for itself"),
      Option(
        "sacrebleu-tokenizer", \.tokenizer, "how --sacrebleu cuts sentences into words"),
      Option("sacrebleu-smoothing", \.smoothing, "how --sacrebleu smooths"),
      Option("chrf", \.usesCharacterFScore, "compute the character F-score, as sacreBLEU does"),
      Option(
        "chrf-word-order", \.wordOrder, "word n-grams up to this length in --chrf; 2 for chrF++"),
      Option("ter", \.usesEditRate, "compute the translation edit rate, as sacreBLEU does"),
      Option(
        "ter-case-sensitive", \.editRateIsCaseSensitive,
        "tell capital and small letters apart in --ter"),
      Option("ter-normalized", \.editRateNormalizes, "cut punctuation off words in --ter"),
      Option("ter-no-punct", \.editRateRemovesPunctuation, "leave punctuation out of --ter"),
      Option(
        "ter-asian-support", \.editRateSupportsAsian,
        "cut up Chinese characters and East Asian punctuation, with the two flags before"),
    ]
  }
}

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
    let hypotheses = try LineFile.read(settings.system, flag: "--sys")
    let references = try settings.references.map { try LineFile.read($0, flag: "--ref") }
    try ScoreError.checkLengths(hypotheses, references)
    if settings.usesSacreBLEU {
      try scorePlainText(hypotheses, references, output, note)
    } else if settings.usesCharacterFScore {
      try scoreCharacters(hypotheses, references, output, note)
    } else if settings.usesEditRate {
      try scoreEdits(hypotheses, references, output, note)
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

  private func scorePlainText(
    _ hypotheses: [String], _ references: [[String]], _ output: (String) throws -> Void,
    _ note: (String) -> Void
  ) throws {
    var scorer = SacreBLEU()
    scorer.tokenizer = settings.tokenizer
    scorer.smoothing = settings.smoothing
    scorer.isLowercase = settings.ignoresCase
    scorer.order = settings.order
    guard settings.isSentenceWise else {
      let score = try scorer.score(hypotheses, references: references)
      note("signature: \(score.signature)")
      return try output("\(score)")
    }
    for (index, hypothesis) in hypotheses.enumerated() {
      let score = scorer.sentenceScore(hypothesis, references: references.map { $0[index] })
      try output("\(index) \(score)")
    }
  }

  private func scoreCharacters(
    _ hypotheses: [String], _ references: [[String]], _ output: (String) throws -> Void,
    _ note: (String) -> Void
  ) throws {
    var scorer = CharacterFScore()
    scorer.isLowercase = settings.ignoresCase
    scorer.wordOrder = settings.wordOrder
    guard settings.isSentenceWise else {
      let score = try scorer.score(hypotheses, references: references)
      note("signature: \(scorer.signature(references: String(references.count)))")
      return try output("\(scorer.name) = \(NumberText.fixed(score, 2))")
    }
    for (index, hypothesis) in hypotheses.enumerated() {
      let score = scorer.sentenceScore(hypothesis, references: references.map { $0[index] })
      try output("\(index) \(scorer.name) = \(NumberText.fixed(score, 2))")
    }
  }
}

extension ScoreCommand {
  private func scoreEdits(
    _ hypotheses: [String], _ references: [[String]], _ output: (String) throws -> Void,
    _ note: (String) -> Void
  ) throws {
    var scorer = TranslationEditRate()
    scorer.isCaseSensitive = settings.editRateIsCaseSensitive
    scorer.normalizes = settings.editRateNormalizes
    scorer.removesPunctuation = settings.editRateRemovesPunctuation
    scorer.supportsAsian = settings.editRateSupportsAsian
    guard settings.isSentenceWise else {
      let score = try scorer.score(hypotheses, references: references)
      note("signature: \(scorer.signature(references: String(references.count)))")
      return try output("TER = \(NumberText.fixed(score.percent, 2))")
    }
    for (index, hypothesis) in hypotheses.enumerated() {
      let score = scorer.sentenceScore(hypothesis, references: references.map { $0[index] })
      try output("\(index) TER = \(NumberText.fixed(score.percent, 2))")
    }
  }
}

/// Files of sentences.
enum LineFile {
  /// The lines of a file, or of standard input for `-`; a carriage return at a line's end is cut.
  ///
  /// - Throws: ``ScoreError`` when the file cannot be read, or naming the line that is not UTF-8.
  static func read(_ path: String, flag: String) throws -> [String] {
    let data: Data
    if path == "-" {
      data = try FileHandle.standardInput.readToEnd() ?? Data()
    } else if let contents = FileManager.default.contents(atPath: path) {
      data = contents
    } else {
      throw ScoreError.unreadable(flag: flag, path: path)
    }
    return try data.withUnsafeBytes { try lines($0, path: path, flag: flag) }
  }

  private static func lines(
    _ bytes: UnsafeRawBufferPointer, path: String, flag: String
  ) throws -> [String] {
    var result: [String] = []
    var start = 0
    while start < bytes.count {
      let rest = bytes[start...]
      let end = rest.firstIndex(of: 0x0A) ?? bytes.count
      let cut = end > start && bytes[end - 1] == 0x0D ? end - 1 : end
      guard let line = String(validating: bytes[start..<cut], as: UTF8.self) else {
        throw ScoreError.encoding(flag: flag, path: path, line: result.count + 1)
      }
      result.append(line)
      start = end + 1
    }
    return result
  }
}
