import Fairline
public import FairlineData

/// Turns lines into inputs, and outputs into text, as a task and its user say.
public struct TextCoder: Sendable {
  /// What the task says.
  public let task: TaskText
  /// Divides lines; nil where symbols are words between spaces.
  public var sourceTokenizer: (any Tokenizer)?
  /// Joins outputs; nil where symbols are words.
  public var targetTokenizer: (any Tokenizer)?
  /// What joins units before the tokenizer does: `--post-process`.
  public var postProcessing = PostProcessing.none

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
    let units = try sourceTokenizer.map { try $0.units(of: line) } ?? line
    return task.input(task.source.encode(units), id)
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
  public func text(of units: String) -> String { text(units, targetTokenizer) }

  /// The plain text of units of what was given.
  public func text(given units: String) -> String { text(units, sourceTokenizer) }

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

  private func text(_ units: String, _ tokenizer: (any Tokenizer)?) -> String {
    guard let tokenizer, !isDone(by: tokenizer) else { return units }
    return tokenizer.text(of: units)
  }
}
