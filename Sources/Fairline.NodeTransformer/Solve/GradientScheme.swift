import Fairline
import FairlineODE

/// How gradients of solves are computed.
struct GradientScheme: Sendable {
  private let settings: NodeSettings
  private let adjointSolver: (any Solver)?

  init(_ settings: NodeSettings, _ solvers: SolverChoice) throws {
    self.settings = settings
    adjointSolver = try settings.nodeAdjointMethod.map {
      try solvers.solver($0, flag: "node-adjoint-method")
    }
  }

  /// Whether parameters must be declared as inputs of the field, since their gradients are
  /// integrals.
  var needsParameters: Bool { settings.nodeGradient == .adjoint }

  /// The mode for solves of a scheme.
  func mode(for scheme: SolveScheme) -> GradientMode {
    switch settings.nodeGradient {
    case .auto where scheme.steps != nil || !scheme.solver.isAdaptive: .backpropagation
    case .auto, .replay: .replay(checkpoints: settings.nodeCheckpoints ?? .max)
    case .backpropagation: .backpropagation
    case .adjoint:
      .continuousAdjoint(
        AdjointOptions(
          relative: settings.nodeAdjointRtol, absolute: settings.nodeAdjointAtol,
          solver: adjointSolver, norm: settings.nodeAdjointNorm == .seminorm ? .seminorm : .all))
    }
  }
}
