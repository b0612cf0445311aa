/// A weighted sum of slopes, named by their places in a ``StepMachine``.
public struct SlopeSum: Sendable, Equatable {
  /// The places of the slopes.
  public var picks: [Int]
  /// The weight of each slope.
  public var weights: [Double]
  /// Where the slopes lie, as fractions of the step, when the weights are those of the integral of the polynomial through them.
  ///
  /// Such weights change with the times of the slopes, which gradients by times need to know.
  public var nodes: [Double]?

  /// How many slopes are added up at a time before their sum is added to the others', in order; any order when nil.
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

  /// The sum of the first slopes with these weights, added in the order of PyTorch's `sum` of up to 15 numbers on x86-64.
  ///
  /// Error estimates that are hardly more than rounding, as those of dopri8 in float32, depend on the order.
  ///
  /// - Parameter lanes: numbers in a vector: 8 of float32, 4 of float64.
  static func inOrderOfReference(_ weights: [Double], lanes: Int) -> SlopeSum {
    let count = weights.count
    let vectors = count / lanes
    var picks: [Int]
    var runs = [Int](repeating: 1, count: count)
    if vectors > 0 {
      // What fills no vector comes first, then each lane with its sum over the vectors.
      picks = Array(vectors * lanes..<count)
      runs = picks.map { _ in 1 } + [Int](repeating: vectors, count: lanes)
      for lane in 0..<lanes { picks += (0..<vectors).map { $0 * lanes + lane } }
    } else if count >= 4 {
      // Four sums take turns; the first of them gets what is left.
      picks = [0] + Array(4..<count) + [1, 2, 3]
    } else {
      picks = Array(0..<count)
    }
    return SlopeSum(picks: picks, weights: picks.map { weights[$0] }, runs: runs)
  }
}
