/// The coefficients of an explicit Runge-Kutta method (Butcher, "Coefficients for the study of
/// Runge-Kutta integration processes", 1963).
///
/// Stage `i` is `k_i = f(t + c_i h, y + h * sum_j a_ij k_j)`, the step ends at `y + h * sum_i b_i
/// k_i`.
public struct ButcherTableau: Sendable {
  /// The nodes of all stages, beginning with 0.
  public let nodes: [Double]
  /// The rows of the stages after the first.
  public let rows: [[Double]]
  /// The weights of the solution.
  public let weights: [Double]
  /// The weights of the error estimate, solution minus embedded solution; nil without one.
  public let errorWeights: [Double]?

  /// Makes a tableau.
  ///
  /// - Parameters:
  ///   - nodes: the nodes `c` of the stages after the first.
  ///   - rows: the rows `a` of the stages after the first.
  ///   - weights: the weights `b` of all stages.
  ///   - errorWeights: the weights of the error estimate of all stages.
  public init(
    nodes: [Double], rows: [[Double]], weights: [Double], errorWeights: [Double]? = nil
  ) {
    precondition(
      nodes.count == rows.count && weights.count == rows.count + 1
        && (errorWeights?.count ?? weights.count) == weights.count,
      "a tableau of \(weights.count) stages has one node and row for each stage after the first")
    self.nodes = [0] + nodes
    self.rows = rows
    self.weights = weights
    self.errorWeights = errorWeights
  }

  /// The number of stages.
  var stageCount: Int { weights.count }

  /// Whether the last stage is evaluated at the end of the step, so that it serves the next step as
  /// its first.
  var endsWithSolution: Bool {
    guard let last = rows.last, nodes.last == 1, weights.last == 0 else { return false }
    return last == Array(weights.dropLast())
  }
}
