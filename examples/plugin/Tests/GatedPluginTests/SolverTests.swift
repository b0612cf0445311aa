import FairlineODE
import Foundation
import GatedPlugin
import Testing

/// The solver is of the order that it says.
@Suite struct SolverTests {
  @Test func halvedStepsDivideTheErrorByEight() throws {
    let field = ClosureField<[Double]> { _, y in [-y[0]] }
    let errors = try [16, 32].map { steps in
      var options = SolveOptions<[Double]>()
      options.stepping = .count(steps)
      let solution = try solve(
        field, from: [1], over: [0, 1], with: RungeKutta.ssp3, options: options)
      return abs(solution.final[0] - exp(-1))
    }
    #expect((7...9).contains(errors[0] / errors[1]), "\(errors)")
  }
}
