import Fairline
import FairlineTensor

/// How a model is solved in training and in evaluation, and how gradients are computed.
struct SolveSchemes: Sendable {
  let training: SolveScheme
  var evaluation: SolveScheme
  let gradient: GradientScheme

  /// Reads settings.
  ///
  /// - Parameter catalog: where solvers are named; without any there, FairlineODE's.
  /// - Throws: `UserError` that names the flag when there is no such solver.
  init(_ settings: NodeSettings, _ catalog: Catalog) throws {
    let solvers = try SolverChoice(catalog)
    gradient = try GradientScheme(settings, solvers)
    training = try SolveScheme(training: settings, solvers)
    evaluation = try SolveScheme(evaluation: settings, solvers)
  }

  /// How a pass is solved.
  func of(_ pass: ForwardPass) -> SolveScheme { pass.isTraining ? training : evaluation }

  /// The same, solved in another way in evaluation.
  func evaluated(with scheme: SolveScheme) -> Self {
    var other = self
    other.evaluation = scheme
    return other
  }
}
