/// A weighted sum of slopes, named by their places in a ``StepMachine``.
public struct SlopeSum: Sendable, Equatable {
  /// The places of the slopes.
  public var picks: [Int]
  /// The weight of each slope.
  public var weights: [Double]
  /// Where the slopes lie, as fractions of the step, when the weights are those of the integral of
  /// the polynomial through them.
  ///
  /// Such weights change with the times of the slopes, which gradients by times need to know.
  public var nodes: [Double]?

  /// How many slopes are added up at a time before their sum is added to the others', in order; any
  /// order when nil.
  public var runs: [Int]?

  /// Makes a weighted sum.
  public init(picks: [Int], weights: [Double], nodes: [Double]? = nil, runs: [Int]? = nil) {
    precondition(picks.count == weights.count, "each slope of a sum has one weight")
    self.picks = picks
    self.weights = weights
    self.nodes = nodes
    self.runs = runs
  }

  /// The sum of the first slopes with these weights.
  public init(_ weights: [Double]) {
    self.init(picks: Array(weights.indices), weights: weights)
  }
}
