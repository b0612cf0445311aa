import Fairline
import FairlineData

/// Divides words into letters; a mark stands for a space.
public struct LetterTokenizer: Tokenizer {
  /// The settings.
  public struct Settings: Configuration {
    var mark = "\u{2581}"

    public init() {}

    public static var options: [Option<Self>] {
      [Option("letter-mark", \.mark, "what stands for a space")]
    }
  }

  private let mark: String

  /// Makes the tokenizer.
  public init(_ settings: Settings) { mark = settings.mark }

  /// `a small dog` becomes `a ▁ s m a l l ▁ d o g`.
  public func units(of line: String) -> String {
    line.split(separator: " ").map { $0.map(String.init).joined(separator: " ") }
      .joined(separator: " \(mark) ")
  }

  /// Joins letters to words.
  public func text(of units: String) -> String {
    units.split(separator: " ").map { $0 == mark ? " " : String($0) }.joined()
  }
}
