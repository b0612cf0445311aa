import Fairline
import FairlineODE
import FairlineTensor

extension NodeSettings {
  /// No side has more pieces in all its layers.
  private static let mostPieces = 10_000

  /// Refuses settings that contradict each other or that no solver can follow.
  ///
  /// - Parameter layers: the number of layers of each side that is a NODE.
  func check(layers: [String: Int], _ schemes: SolveSchemes) throws {
    for (side, count) in layers.sorted(by: { $0.key > $1.key })
    where count * nodeWeightPieces > Self.mostPieces {
      throw UserError(
        "--node-weight-pieces \(nodeWeightPieces) in each of --\(side)-layers \(count) are more "
          + "than \(Self.mostPieces) pieces: give fewer")
    }
    guard nodeTs.count >= 2, zip(nodeTs, nodeTs.dropFirst()).allSatisfy({ $0 < $1 }) else {
      throw UserError(
        "--node-ts \(nodeTs.optionText) are no output times: give at least two, ascending")
    }
    for (flag, steps) in [("node-steps", nodeSteps), ("node-eval-steps", nodeEvalSteps ?? 0)]
    where steps % nodeWeightPieces != 0 {
      throw UserError(
        "--\(flag) \(steps) cannot be shared out among --node-weight-pieces \(nodeWeightPieces): "
          + "give a multiple"
      )
    }
    if nodeDropout == .resampled, nodeGradient == .replay {
      throw UserError(
        "--node-dropout resampled cannot be replayed: choose --node-gradient backpropagation or "
          + "adjoint"
      )
    }
    let width = (nodeTs.last ?? 1) - (nodeTs.dropLast().last ?? 0)
    if nodeRandomEnd >= width {
      throw UserError(
        "--node-random-end \(nodeRandomEnd) reaches over the last interval of --node-ts: give "
          + "less than \(width)"
      )
    }
    try trySolve(schemes.training, schemes.gradient, flag: "node-method")
    try trySolve(schemes.evaluation, schemes.gradient, flag: "node-eval-method")
  }

  /// Makes a small solve as the layers will, so that settings a solver refuses are known before
  /// training.
  private func trySolve(
    _ scheme: SolveScheme, _ gradient: GradientScheme, flag: String
  ) throws {
    let field = TensorField { _, state, _, _ in state * 0 }
    let start = TensorState(Tensor.ones([2, 1]), segments: Segments(lengths: [1, 1]))
    do {
      let result = try solve(
        field, from: start, over: nodeTs, with: scheme.solver,
        options: scheme.options(pieces: nodeWeightPieces, used: 0),
        gradient: gradient.mode(for: scheme))
      var cotangents = [TensorState?](repeating: nil, count: nodeTs.count)
      cotangents[nodeTs.count - 1] = start
      _ = try result.gradients(of: cotangents)
    } catch let error as ODEError {
      throw UserError("--\(flag) \(scheme.solver.name) cannot solve as the flags ask: \(error)")
    }
  }
}
