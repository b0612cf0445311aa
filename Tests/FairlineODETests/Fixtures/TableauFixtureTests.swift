import FairlineODE
import Testing

/// Coefficients of methods against published ones.
@Suite struct TableauFixtureTests {
  @Test(arguments: FixtureFile.of(.tableau)) func methodsAreTheTables(_ file: FixtureFile) throws {
    let document = try #require(file.document)
    for name in document.keys {
      let table = try #require(document[name])
      if table["bashforth"] != nil {
        try checkAdams(table)
      } else {
        try checkRungeKutta(name, table)
      }
    }
  }

  private func checkRungeKutta(_ name: String, _ table: JSON) throws {
    let solver = try JSON(["method": name]).solver()
    let method = try #require(solver as? RungeKutta, "\(name)")
    let tableau = method.tableau
    func compare(_ got: [Double], _ key: String, _ tolerance: Double = 4e-15) {
      let wanted = table.data(key)
      #expect(got.count == wanted.count, "\(name) \(key)")
      let isClose = zip(got, wanted).allSatisfy { abs($0 - $1) <= tolerance * max(1, abs($1)) }
      #expect(isClose, "\(name) \(key): \(got)")
    }
    for key in table.keys {
      switch key {
      case "order": #expect(table[key]?.int == method.order, "\(name)")
      case "c": compare(Array(tableau.nodes.dropFirst()), key)
      case "a":
        let rows = table.list(key)
        #expect(tableau.rows.map(\.count) == rows.map(\.numbers.count), "\(name)")
        compare(tableau.rows.flatMap(\.self), key)
      case "b": compare(tableau.weights, key)
      case "e": compare(try #require(tableau.errorWeights), key)
      case "mid":
        // The middles of other methods are torchdiffeq's own; solutions between steps check them.
        switch method.interpolation {
        case .quartic(let middle): compare(middle, key)
        case .native(let polynomials):
          // Large coefficients cancel in the middle.
          compare(polynomials.map { $0.reversed().reduce(0) { ($0 + $1) / 2 } }, key, 1e-13)
        default: break
        }
      // A remark about polynomials whose values in the middle are "mid".
      case "dense": #expect(table["mid"] != nil, "\(name)")
      default: Issue.record("\(name) has the unknown coefficients '\(key)'")
      }
    }
  }

  private func checkAdams(_ table: JSON) throws {
    for key in table.keys {
      let orders = try #require(table[key])
      #expect(!orders.keys.isEmpty)
      for order in orders.keys {
        let count = try #require(Int(order))
        let wanted = try #require(orders[order])
        let numerators = try #require(wanted["num"]).numbers
        let divisor = try #require(wanted["den"]).number
        #expect(numerators.count == count)
        let got: [Double]
        switch key {
        case "bashforth": got = try weights(of: ExplicitAdams(maxOrder: count), count, newest: 13)
        case "moulton": got = try weights(of: ImplicitAdams(maxOrder: count), count, newest: 14)
        default: throw ODEFixtureError.unknown(key)
        }
        for (weight, numerator) in zip(got, numerators) {
          #expect(
            abs(weight - numerator / divisor) < 1e-9 * max(1, abs(weight)), "\(key) \(order)")
        }
      }
    }
  }

  /// The weights of the newest slopes in the step from 13 to 14: what it adds when all slopes but
  /// one are zero.
  private func weights(
    of solver: any Solver, _ count: Int, newest: Int
  ) throws -> [Double] {
    try (0..<count).map { index in
      let field = ClosureField<[Double]> { t, _ in
        [abs(t - Double(newest - index)) < 1e-9 ? 1 : 0]
      }
      var options = SolveOptions<[Double]>()
      options.stepping = .outputTimes
      let solution = try solve(
        field, from: [0], over: (0...14).map(Double.init), with: solver, options: options)
      return solution.states[14][0] - solution.states[13][0]
    }
  }
}

/// Coefficients that the test does not know.
private enum ODEFixtureError: Error {
  case unknown(String)
}
