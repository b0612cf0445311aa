import FairlineModels
import Fairline
import FairlineODE
import FairlineTensor

extension NodeTransformerSettings {
  /// Refuses settings of the neural ODE that contradict each other or that no solver can follow.
  func checkNode(
    _ training: SolveScheme, _ evaluation: SolveScheme, _ gradient: GradientScheme
  ) throws {
    try checkNumbers()
    try checkCombinations()
    for (scheme, flag) in [(training, "node-method"), (evaluation, "node-eval-method")] {
      try node.trySolve(scheme, gradient, flag: flag)
    }
  }

  /// No side has more pieces in all its layers.
  private static let mostPieces = 10_000

  private func checkNumbers() throws {
    let (n, c) = (node, resolvedTransformer)
    for (side, layers, isNode) in [
      ("encoder", c.encoderLayers, n.nodeEncoder), ("decoder", c.decoderLayers, n.nodeDecoder),
    ] where isNode && layers * n.nodeWeightPieces > Self.mostPieces {
      throw UserError(
        "--node-weight-pieces \(n.nodeWeightPieces) in each of --\(side)-layers \(layers) are more "
          + "than \(Self.mostPieces) pieces: give fewer")
    }
    guard n.nodeTs.count >= 2, zip(n.nodeTs, n.nodeTs.dropFirst()).allSatisfy({ $0 < $1 }) else {
      throw UserError(
        "--node-ts \(n.nodeTs.optionText) are no output times: give at least two, ascending")
    }
    try checkRanges()
    for (flag, steps) in [("node-steps", n.nodeSteps), ("node-eval-steps", n.nodeEvalSteps ?? 0)]
    where steps % n.nodeWeightPieces != 0 {
      throw UserError(
        "--\(flag) \(steps) cannot be shared out among --node-weight-pieces \(n.nodeWeightPieces): "
          + "give a multiple"
      )
    }
  }

  private func checkCombinations() throws {
    let n = node
    if n.nodeSeparatedDecoder, !n.nodeDecoder {
      throw UserError("--node-separated-decoder needs --node-decoder: add it")
    }
    if n.nodeDropout == .resampled, n.nodeGradient == .replay {
      throw UserError(
        "--node-dropout resampled cannot be replayed: choose --node-gradient backpropagation or "
          + "adjoint"
      )
    }
    let width = (n.nodeTs.last ?? 1) - (n.nodeTs.dropLast().last ?? 0)
    if n.nodeRandomEnd >= width {
      throw UserError(
        "--node-random-end \(n.nodeRandomEnd) reaches over the last interval of --node-ts: give "
          + "less than \(width)"
      )
    }
    let c = resolvedTransformer
    if n.nodeDecoder,
      c.decoderInputChannels != c.decoderChannels
        || c.decoderOutputChannels != c.decoderChannels
    {
      throw UserError(
        "--node-decoder needs embeddings as wide as the decoder: leave out --decoder-input-dim and "
          + "--decoder-output-dim"
      )
    }
    for (flag, isGiven) in [
      ("cross-self-attention", c.crossSelfAttention), ("no-cross-attention", c.noCrossAttention),
      ("encoder-layers-to-keep", c.encoderLayersToKeep != nil),
      ("decoder-layers-to-keep", c.decoderLayersToKeep != nil),
    ] where isGiven {
      throw UserError("--\(flag) belongs to --arch transformer: leave it out for node_transformer")
    }
    for (side, isNode, drop) in [
      ("encoder", n.nodeEncoder, c.encoderLayerdrop),
      ("decoder", n.nodeDecoder, c.decoderLayerdrop),
    ] where isNode && drop > 0 {
      throw UserError("--\(side)-layerdrop is of classic layers: leave it out with --node-\(side)")
    }
  }
}

extension NodeSettings {
  /// Makes a small solve as the layers will, so that settings a solver refuses are known before
  /// training.
  fileprivate func trySolve(
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
