import Fairline
import Foundation
public import FairlineData

/// Turns lines into inputs, and outputs into text, as a task and its user say.
public struct TextCoder: Sendable {
  /// What the task says.
  public let task: TaskText
  /// Divides lines; nil where symbols are words between spaces.
  public var sourceTokenizer: (any Tokenizer)?
  /// Joins outputs; nil where symbols are words.
  public var targetTokenizer: (any Tokenizer)?
  /// Divides lines into words before ``sourceTokenizer`` divides them: `--tokenizer`.
  public var sourceWords: (any Tokenizer)?
  /// Makes text of the words that ``targetTokenizer`` joined.
  public var targetWords: (any Tokenizer)?
  /// What joins units before the tokenizer does: `--post-process`.
  public var postProcessing = PostProcessing.none
  /// Whether lines hold phrases behind tabs that their outputs must hold: `--constraints`.
  public var readsConstraints = false
  /// What stands for unknown symbols of outputs; nil for `<unk>`: `--replace-unk`.
  public var unknownWords: UnknownWords?

  /// A coder with the task's own tokenizers.
  public init(_ task: TaskText) {
    self.task = task
    sourceTokenizer = task.sourceTokenizer
    targetTokenizer = task.targetTokenizer
  }

  /// The input that a line stands for.
  ///
  /// - Parameter id: the line's number.
  public func input(_ line: String, id: Int) throws -> GenerationInput {
    guard readsConstraints else { return try plainInput(line, id) }
    let fields = line.trimmingCharacters(in: .whitespaces)
      .split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    var input = try plainInput(fields[0], id)
    input.constraints = try fields.dropFirst().map(phrase).filter { !$0.isEmpty }
    return input
  }

  private func plainInput(_ line: String, _ id: Int) throws -> GenerationInput {
    let units = try Self.units(of: line, sourceWords, sourceTokenizer)
    return task.input(task.source.encode(units), id)
  }

  /// The target symbols of a phrase.
  private func phrase(_ text: String) throws -> [Int32] {
    let units = try Self.units(of: text, targetWords, targetTokenizer)
    return task.target.encode(units, appendEOS: false)
  }

  /// The units of a text that is divided into words first.
  private static func units(
    of text: String, _ words: (any Tokenizer)?, _ tokenizer: (any Tokenizer)?
  ) throws -> String {
    let text = try words.map { try $0.units(of: text) } ?? text
    return try tokenizer.map { try $0.units(of: text) } ?? text
  }

  /// The units of an output after ``postProcessing``, source words in place of unknown symbols
  /// where that is asked for.
  public func units(of output: Hypothesis, for input: GenerationInput) -> String {
    let units = units(of: output.tokens)
    guard let unknownWords else { return units }
    let source = input.sourceText ?? self.units(given: input.source)
    return unknownWords.replacing(in: units, of: output, source: source)
  }

  /// The units of a reference after ``postProcessing``, unknown symbols written so that no output
  /// matches them; the text itself where unknown words are replaced.
  public func units(ofReference reference: [Int32], for input: GenerationInput) -> String {
    if unknownWords != nil, let text = input.referenceText { return text }
    return units(of: reference, isReference: true)
  }

  /// The units of an output after ``postProcessing``.
  ///
  /// - Parameter isReference: whether unknown symbols are written so that no output matches them.
  public func units(of symbols: [Int32], isReference: Bool = false) -> String {
    joined(targetTokenizer) {
      task.target.decode(symbols, postProcessing: $0, unknown: isReference ? .escaped : .plain)
    }
  }

  /// The units of what was given, after ``postProcessing``.
  public func units(given symbols: [Int32]) -> String {
    joined(sourceTokenizer) {
      task.source.decode(symbols, postProcessing: $0, ignored: [Vocabulary.pad])
    }
  }

  /// The plain text of units of outputs.
  public func text(of units: String) -> String { text(units, targetTokenizer, targetWords) }

  /// The plain text of units of what was given.
  public func text(given units: String) -> String { text(units, sourceTokenizer, sourceWords) }

  /// Whether ``postProcessing`` is what a tokenizer does better itself.
  private func isDone(by tokenizer: (any Tokenizer)?) -> Bool {
    postProcessing != .none && tokenizer?.postProcessing == postProcessing
  }

  private func joined(
    _ tokenizer: (any Tokenizer)?, _ decode: (PostProcessing) -> String
  ) -> String {
    guard isDone(by: tokenizer), let tokenizer else { return decode(postProcessing) }
    return tokenizer.text(of: decode(.none))
  }

  private func text(
    _ units: String, _ tokenizer: (any Tokenizer)?, _ words: (any Tokenizer)?
  ) -> String {
    let joined = isDone(by: tokenizer) ? units : tokenizer?.text(of: units) ?? units
    return words?.text(of: joined) ?? joined
  }
}
