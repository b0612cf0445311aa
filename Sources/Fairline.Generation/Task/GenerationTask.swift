public import Fairline
public import FairlineData

/// A task whose models generate.
///
/// It says which symbols text consists of and what outputs are generated for; searching, printing
/// and scoring need nothing else.
public protocol GenerationTask: Task {
  /// How lines of text become inputs, and outputs become text.
  var text: TaskText { get }

  /// The inputs of a data subset, such as `test`.
  func generationInputs(_ subset: String) throws -> any GenerationInputs

  /// The longest sources and targets that this task takes, ends included.
  var lengthLimits: LengthLimits { get }

  /// Refuses to make inputs of text, where something is missing for that.
  ///
  /// - Throws: `UserError` that names it.
  func checkText() throws

  /// The name of the metric that outputs are judged by when none is asked for.
  var usualMetric: String { get }
}

extension GenerationTask {
  /// What the description says.
  public var lengthLimits: LengthLimits {
    LengthLimits(
      source: description.maximumSourcePositions, target: description.maximumTargetPositions)
  }

  /// Nothing is missing.
  public func checkText() throws {}

  /// BLEU of words as they stand.
  public var usualMetric: String { "bleu" }
}

/// How lines of text become inputs, and outputs become text.
public struct TaskText: Sendable {
  /// The symbols of lines that are read.
  public var source: Vocabulary
  /// The symbols of outputs.
  public var target: Vocabulary
  /// Divides lines into symbols; nil where symbols are words between spaces, or nothing is known.
  public var sourceTokenizer: (any Tokenizer)?
  /// Joins the symbols of outputs.
  public var targetTokenizer: (any Tokenizer)?
  /// The languages; nil where none are known.
  public var languages: (source: String?, target: String?) = (nil, nil)
  /// Makes an input of a line's symbols, end included, and the line's number: by default, they
  /// are the source.
  public var input: @Sendable (_ symbols: [Int32], _ id: Int) -> GenerationInput

  /// Makes a description of text.
  public init(
    source: Vocabulary, target: Vocabulary, sourceTokenizer: (any Tokenizer)? = nil,
    targetTokenizer: (any Tokenizer)? = nil,
    input: @escaping @Sendable (_ symbols: [Int32], _ id: Int) -> GenerationInput = {
      GenerationInput(id: $1, source: $0)
    }
  ) {
    self.source = source
    self.target = target
    self.sourceTokenizer = sourceTokenizer
    self.targetTokenizer = targetTokenizer
    self.input = input
  }
}
