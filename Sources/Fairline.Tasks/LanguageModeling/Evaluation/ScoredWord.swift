import Foundation

/// A word of a scored text.
public struct ScoredWord: Sendable, Equatable {
  /// The word.
  public var text: String
  /// The logarithm of its probability, in nats.
  public var score: Float
  /// Whether it was divided into several symbols.
  package var isDivided: Bool
  /// Whether the block ends inside it.
  package var isCut = false
  /// The score of the word behind it; nil at the end of a block.
  public var next: Float?

  /// The word as fairseq prints it: `word [-1.234568]`.
  var line: String { String(format: "%@ [%.6f]", text, Double(score)) }
}

/// A block of text as words.
public struct ScoredWords: Sendable {
  /// The words; the score of a word is the sum of its symbols' scores.
  public let words: [ScoredWord]
  /// The sum of the scores that are finite.
  public let sum: Double
  /// The words with finite scores.
  public let count: Int
  /// The words that a model holds for impossible.
  public var impossible: [String] { words.filter { !$0.score.isFinite }.map(\.text) }

  /// The words that are whole, as fairseq prints them behind the block's number.
  public var line: String {
    "\(id) " + words.filter { !$0.isCut }.map(\.line).joined(separator: "\t")
  }

  private let id: Int

  /// Joins the symbols of a block.
  public init(_ block: ScoredBlock, _ joining: WordJoining) {
    id = block.id
    let continues = joining.continues(block.symbols)
    var words: [ScoredWord] = []
    var (text, score, isDivided): (String, Float, Bool) = ("", 0, false)
    for (place, symbol) in block.symbols.enumerated() {
      text += joining.text(of: symbol, continues: continues[place])
      score += block.scores[place]
      if continues[place] {
        isDivided = true
        continue
      }
      words.append(ScoredWord(text: text, score: score, isDivided: isDivided))
      (text, score, isDivided) = ("", 0, false)
    }
    if let last = block.symbols.last, joining.isCut(after: last) {
      words[words.count - 1].isCut = true
    }
    for place in words.indices.dropLast() { words[place].next = words[place + 1].score }
    self.words = words
    let finite = words.filter { $0.score.isFinite }
    sum = finite.reduce(0) { $0 + Double($1.score) }
    count = finite.count
  }
}
