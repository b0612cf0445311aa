/// Dense output of higher order from dense output of lower order (Enright, Jackson, Nørsett &
/// Thomsen, "Interpolants for Runge-Kutta formulas", ACM TOMS 12, 1986).
///
/// A polynomial with error `O(h^p)` is precise enough to evaluate slopes with error `O(h^(p+1))`,
/// counted in the solution. With the slopes of both ends, four such slopes, and the values of both
/// ends a polynomial of degree 7 is determined, with error `O(h^8)`.
enum Bootstrap {
  /// Evaluates the further slopes and returns the polynomial through them.
  static func raise<State>(
    _ rows: [[Double]], nodes: [Double], machine: inout StepMachine<State>, result: StepResult
  ) -> DensePolynomial {
    let low = DensePolynomial(picks: Array(rows.indices), coefficients: rows)
    guard let endSlope = result.endSlope else { return low }
    var picks = [result.startSlope]
    let firstPoint = max(result.end + 1, rows.count + 1)
    machine.reserve(points: firstPoint + nodes.count, slopes: rows.count + nodes.count)
    for (index, node) in nodes.enumerated() {
      machine.combine(into: firstPoint + index, low.weights(at: node), isStage: true)
      machine.evaluate(point: firstPoint + index, node: node, into: rows.count + index)
      picks.append(rows.count + index)
    }
    picks.append(endSlope)
    return polynomial(picks: picks, nodes: [0] + nodes + [1], solution: result.solution)
  }

  /// The polynomial with given slopes at the nodes that ends where the step ends.
  ///
  /// The integral of the Lagrange polynomials has the right slopes; a multiple of the integral of
  /// the polynomial that vanishes at all nodes moves the end and leaves the slopes alone.
  private static func polynomial(
    picks: [Int], nodes: [Double], solution: SlopeSum
  ) -> DensePolynomial {
    let basis = Polynomial.lagrange(nodes).map(\.integral)
    let shift = Polynomial(roots: nodes).integral
    let unit = 1 / shift(1)
    var rows: [Int: Polynomial] = [:]
    for (pick, member) in zip(picks, basis) { rows[pick] = member + shift * (-member(1) * unit) }
    for (pick, weight) in zip(solution.picks, solution.weights) where weight != 0 {
      rows[pick] = (rows[pick] ?? Polynomial([0])) + shift * (weight * unit)
    }
    let order = rows.keys.sorted()
    return DensePolynomial(
      picks: order, coefficients: order.map { Array((rows[$0]?.coefficients ?? []).dropFirst()) })
  }
}
