public import Fairline

/// Tokenizers of words, before text is divided further: `--tokenizer`.
public enum WordTokenizerSection: CatalogSection {
  /// What a name stands for.
  public typealias Entry = Component<WordTokenizerContext, any Tokenizer>
  /// The kind.
  public static let kind = "word tokenizer"
}

extension Catalog {
  /// Tokenizers of words.
  public var wordTokenizers: Registry<WordTokenizerSection.Entry> {
    get { self[WordTokenizerSection.self] }
    set { self[WordTokenizerSection.self] = newValue }
  }
}

/// What a tokenizer of words is made for.
public struct WordTokenizerContext: Sendable {
  /// A side of the text.
  public enum Side: Sendable { case source, target }

  /// The side.
  public let side: Side
  /// The side's language; nil where none is known.
  public let language: String?

  /// Makes a context.
  public init(_ side: Side, language: String?) { (self.side, self.language) = (side, language) }
}

/// Divides text at white space: fairseq's `--tokenizer space`.
struct SpaceTokenizer: Tokenizer {
  func units(of line: String) -> String { ByteTokenizer.withPlainSpaces(line) }
  func text(of units: String) -> String { units }
}
