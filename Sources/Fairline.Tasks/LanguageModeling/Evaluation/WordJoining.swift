import Fairline
public import FairlineData

/// How the symbols of a text are counted as words.
public struct WordJoining: Sendable {
  /// The ways of dividing words.
  private enum Kind: Sendable {
    case symbols
    /// A symbol that ends so goes on in the next one.
    case marked(String)
    /// A symbol that begins so begins a word.
    case pieces(String)
  }

  private let vocabulary: Vocabulary
  private let kind: Kind

  /// Counts as a kind of subword units says.
  ///
  /// - Throws: `UserError` for units whose words cannot be told apart.
  public init(_ processing: PostProcessing, _ vocabulary: Vocabulary) throws {
    self.vocabulary = vocabulary
    switch processing {
    case .none: kind = .symbols
    case .subwordNMT: kind = .marked("@@")
    case .sentencepiece: kind = .pieces("\u{2581}")
    default:
      throw UserError(
        "--post-process: words are told apart for subword_nmt ('@@ ') and sentencepiece; "
          + "give one of them, or none to count symbols")
    }
  }

  /// For each symbol of a text, whether its word goes on with the next one.
  func continues(_ symbols: [Int32]) -> [Bool] {
    symbols.indices.map { place in
      guard place + 1 < symbols.count else { return false }
      switch kind {
      case .symbols: return false
      case .marked(let end): return vocabulary.symbol(symbols[place]).hasSuffix(end)
      case .pieces(let begin):
        let (own, next) = (symbols[place], symbols[place + 1])
        guard Int(own) >= vocabulary.specialCount, Int(next) >= vocabulary.specialCount
        else { return false }
        return !vocabulary.symbol(next).hasPrefix(begin)
      }
    }
  }

  /// Whether a text breaks off inside a word that ends with this symbol.
  func isCut(after symbol: Int32) -> Bool {
    guard case .marked(let end) = kind else { return false }
    return vocabulary.symbol(symbol).hasSuffix(end)
  }

  /// A symbol's part of a word.
  func text(of symbol: Int32, continues: Bool) -> String {
    let text = vocabulary.symbol(symbol)
    switch kind {
    case .symbols: return text
    case .marked(let end): return continues ? String(text.dropLast(end.count)) : text
    case .pieces(let begin): return text.hasPrefix(begin) ? String(text.dropFirst()) : text
    }
  }
}
