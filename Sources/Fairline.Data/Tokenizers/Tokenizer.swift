public import Fairline

/// Divides lines of text into units that are symbols of a vocabulary, and joins them again.
///
/// A value that threads share.
public protocol Tokenizer: Sendable {
  /// The units of a line, with a space between two.
  func units(of line: String) throws -> String

  /// The text of units with a space between two.
  func text(of units: String) -> String

  /// The kind of `--post-process` that joins units as ``text(of:)`` does, so that it is not done
  /// twice; nil when there is none.
  var postProcessing: PostProcessing? { get }
}

extension Tokenizer {
  /// None.
  public var postProcessing: PostProcessing? { nil }
}

/// Tokenizers: ways to divide text into symbols, for `--bpe`.
public enum TokenizerSection: CatalogSection {
  /// What a name stands for.
  public typealias Entry = Component<TokenizerContext, any Tokenizer>
  /// The kind.
  public static let kind = "tokenizer"
}

extension Catalog {
  /// Tokenizers.
  public var tokenizers: Registry<TokenizerSection.Entry> {
    get { self[TokenizerSection.self] }
    set { self[TokenizerSection.self] = newValue }
  }
}

/// What a tokenizer is made for.
public struct TokenizerContext: Sendable {
  /// The tokenizer that the data or the checkpoint brings; nil when there is none.
  public var own: (any Tokenizer)?

  /// Makes a context.
  public init(own: (any Tokenizer)? = nil) { self.own = own }
}
