/// A block of text with the probability of each of its symbols.
public struct ScoredBlock: Sendable, Equatable {
  /// The block's number in its data set.
  public var id: Int
  /// The symbols, without a begin symbol.
  public var symbols: [Int32]
  /// The logarithm of each symbol's probability, in nats.
  public var scores: [Float]
  /// How many symbols were read as context only.
  public var context: Int

  /// Puts symbols and scores together.
  public init(id: Int, symbols: [Int32], scores: [Float], context: Int = 0) {
    precondition(
      symbols.count == scores.count, "\(scores.count) scores for \(symbols.count) symbols")
    self.id = id
    self.symbols = symbols
    self.scores = scores
    self.context = context
  }
}
