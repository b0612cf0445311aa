/// How a model reads and writes text: the dictionaries and tokenizers that it carries.
public struct ModelText: Sendable {
  /// One of the sides.
  public struct Side: Sendable {
    /// The symbols.
    public let vocabulary: Vocabulary
    /// What divides lines into symbols; nil for lines that are divided already.
    public let tokenizer: (any Tokenizer)?

    /// Makes a side.
    public init(_ vocabulary: Vocabulary, _ tokenizer: (any Tokenizer)?) {
      (self.vocabulary, self.tokenizer) = (vocabulary, tokenizer)
    }
  }

  /// The side that is read.
  public let source: Side
  /// The side that is written.
  public let target: Side

  /// Puts both sides together.
  public init(source: Side, target: Side) { (self.source, self.target) = (source, target) }
}
