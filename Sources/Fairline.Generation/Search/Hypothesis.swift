/// A finished output of a search.
public struct Hypothesis: Sendable, Equatable {
  /// The symbols, the end symbol included.
  public var tokens: [Int32]
  /// The sum of ``positionalScores``, divided by a power of the length unless `--unnormalized` was
  /// given; in nats.
  public var score: Float
  /// The logarithm of each symbol's probability, in nats, with what the search took off. `[target]`
  public var positionalScores: [Float]
  /// For each symbol, the model's weights over the source; nil when it was not asked for.
  /// `[target][source]`
  public var attention: [[Float]]?
  /// Whether the search had no way to an end, so that this is the best prefix it had.
  public var isBrokenOff = false

  /// Makes a hypothesis.
  public init(
    tokens: [Int32], score: Float, positionalScores: [Float], attention: [[Float]]? = nil
  ) {
    self.tokens = tokens
    self.score = score
    self.positionalScores = positionalScores
    self.attention = attention
  }
}
