/// The solution inside a step: `y(t0 + x h) = y0 + h * sum_j b_j(x) k_j` with polynomials `b_j`
/// that vanish at 0.
public struct DensePolynomial: Sendable {
  /// The places of the slopes `k_j`.
  public var picks: [Int]
  /// For each slope the coefficients of `x, x^2, ...`.
  public var coefficients: [[Double]]
  /// Where the slopes lie, when the solution is the integral of the polynomial through them
  /// (``SlopeSum/nodes``).
  public var nodes: [Double]?

  /// Makes a dense output.
  public init(picks: [Int], coefficients: [[Double]], nodes: [Double]? = nil) {
    precondition(picks.count == coefficients.count, "each slope has one polynomial")
    self.picks = picks
    self.coefficients = coefficients
    self.nodes = nodes
  }

  /// The weights of the slopes at `x`, from 0 at the start of the step to 1 at its end.
  public func weights(at x: Double) -> SlopeSum {
    SlopeSum(
      picks: picks,
      weights: coefficients.map { row in row.reversed().reduce(0) { ($0 + $1) * x } },
      nodes: nodes)
  }

  /// The weights of the slopes in the derivative by time.
  func derivativeWeights(at x: Double) -> SlopeSum {
    SlopeSum(
      picks: picks,
      weights: coefficients.map { row in
        row.indices.reversed().reduce(0) { $0 * x + Double($1 + 1) * row[$1] }
      })
  }
}

extension DensePolynomial {
  /// The chord: error `O(h^2)`.
  static func linear(_ result: StepResult) -> DensePolynomial {
    DensePolynomial(
      picks: result.solution.picks, coefficients: result.solution.weights.map { [$0] })
  }

  /// The parabola through start, slope at the start, and end: error `O(h^3)`.
  static func quadratic(_ result: StepResult) -> DensePolynomial {
    combining(result, solution: [0, 1], start: [1, -1])
  }

  /// The cubic with the values and slopes of both ends (Hermite): error `O(h^4)`.
  static func hermite(_ result: StepResult, endSlope: Int) -> DensePolynomial {
    combining(result, solution: [0, 3, -2], start: [1, -2, 1], end: ([0, -1, 1], endSlope))
  }

  /// The quartic with the values and slopes of both ends and a value in the middle: error `O(h^5)`
  /// with a middle of order 4.
  ///
  /// - Parameter middle: the middle is the start plus the step times this sum.
  static func quartic(_ result: StepResult, middle: SlopeSum, endSlope: Int) -> DensePolynomial {
    combining(
      result, solution: [0, -5, 14, -8], start: [1, -4, 5, -2], end: ([0, 1, -3, 2], endSlope),
      middle: ([0, 16, -32, 16], middle))
  }

  private static func combining(
    _ result: StepResult, solution: [Double], start: [Double], end: ([Double], slope: Int)? = nil,
    middle: ([Double], SlopeSum)? = nil
  ) -> DensePolynomial {
    var rows: [Int: [Double]] = [:]
    func add(_ polynomial: [Double], times factor: Double, to slope: Int) {
      var row = rows[slope] ?? Array(repeating: 0, count: polynomial.count)
      for i in polynomial.indices { row[i] += factor * polynomial[i] }
      rows[slope] = row
    }
    for (pick, weight) in zip(result.solution.picks, result.solution.weights) {
      add(solution, times: weight, to: pick)
    }
    if let middle {
      for (pick, weight) in zip(middle.1.picks, middle.1.weights) {
        add(middle.0, times: weight, to: pick)
      }
    }
    add(start, times: 1, to: result.startSlope)
    if let end { add(end.0, times: 1, to: end.slope) }
    let picks = rows.keys.sorted()
    return DensePolynomial(picks: picks, coefficients: picks.map { rows[$0] ?? [] })
  }
}
