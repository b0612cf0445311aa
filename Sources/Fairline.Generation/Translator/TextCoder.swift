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
    task.target.decode(
      symbols, postProcessing: postProcessing, unknown: isReference ? .escaped : .plain)
  }

  /// The units of what was given, after ``postProcessing``.
  public func units(given symbols: [Int32]) -> String {
    task.source.decode(symbols, postProcessing: postProcessing, ignored: [Vocabulary.pad])
  }

  /// The plain text of units.
  public func text(of units: String) -> String {
    guard let targetTokenizer,
      postProcessing == .none || targetTokenizer.postProcessing != postProcessing
    else { return units }
    return targetTokenizer.text(of: units)
  }
}
