public import Fairline

extension NodeSettings {
  /// The flags.
  public static var options: [Option<Self>] {
    study + solving + evaluation + gradient + limits + penalties
  }

  private static var study: [Option<Self>] {
    [
      Option("node-encoder", \.nodeEncoder, "make the encoder a neural ODE"),
      Option("node-decoder", \.nodeDecoder, "make the decoder a neural ODE"),
      Option(
        "node-separated-decoder", \.nodeSeparatedDecoder,
        "keep the decoder's self-attention out of its solve"),
      Option("node-rtol", \.nodeRtol, in: .from(0), "relative tolerance of adaptive solves"),
      Option("node-atol", \.nodeAtol, in: .from(0), "absolute tolerance of adaptive solves"),
      Option("node-method", \.nodeMethod, "solver, such as euler, heun2, rk4, dopri5, adams"),
      Option(
        "node-ts", aliases: ["node-time-steps"], \.nodeTs, in: .from(-1_000_000, to: 1_000_000),
        "output times of a solve, the last of which counts"),
      Option("node-max-num-steps", \.nodeMaxNumSteps, in: .from(1), "most steps of a solve"),
      Option(
        "node-augment-dims", \.nodeAugmentDims, in: .from(0, to: 4096),
        "channels for each head that are added for the solve"),
      Option("node-time-dependent", \.nodeTimeDependent, "let the field read the time"),
    ]
  }

  private static var solving: [Option<Self>] {
    [
      Option(
        "node-field", \.nodeField,
        "form of the field: what a pre-norm layer adds, or the study's composition"),
      Option(
        "node-steps", \.nodeSteps, in: .from(0, to: 10_000),
        "equal steps of a solve, 0 for adaptive ones"),
      Option(
        "node-weight-pieces", \.nodeWeightPieces, in: .from(1, to: 1000),
        "pieces of depth with weights of their own"),
      Option("node-learn-scale", \.nodeLearnScale, "learn a scale of the field by channel"),
      Option(
        "node-scale-start", \.nodeScaleStart, in: .from(-1e6, to: 1e6),
        "what the learned scale starts from"),
      Option("node-dropout", \.nodeDropout, "what dropout does inside the field"),
      Option("node-control", \.nodeControl, "whose error controls adaptive steps"),
      Option("node-norm", \.nodeNorm, "how errors of elements become one number"),
    ]
  }

  private static var evaluation: [Option<Self>] {
    [
      Option("node-eval-method", \.nodeEvalMethod, "solver of evaluation and generation"),
      Option(
        "node-eval-steps", \.nodeEvalSteps, in: .from(0, to: 10_000),
        "equal steps in evaluation, 0 for adaptive ones"),
      Option("node-eval-rtol", \.nodeEvalRtol, in: .from(0), "relative tolerance in evaluation"),
      Option("node-eval-atol", \.nodeEvalAtol, in: .from(0), "absolute tolerance in evaluation"),
      Option(
        "node-audit", \.nodeAudit,
        "end training with the losses at half and double the steps and at a tight tolerance"),
    ]
  }

  private static var gradient: [Option<Self>] {
    [
      Option("node-gradient", \.nodeGradient, "how the gradient of a solve is computed"),
      Option(
        "node-checkpoints", \.nodeCheckpoints, in: .from(1, to: 1_000_000),
        "most states that a replay keeps"),
      Option(
        "node-adjoint-rtol", \.nodeAdjointRtol, in: .from(0),
        "relative tolerance of the adjoint solve"),
      Option(
        "node-adjoint-atol", \.nodeAdjointAtol, in: .from(0),
        "absolute tolerance of the adjoint solve"),
      Option("node-adjoint-method", \.nodeAdjointMethod, "solver of the adjoint equation"),
      Option("node-adjoint-norm", \.nodeAdjointNorm, "what controls the adjoint's steps"),
      Option(
        "node-detach-encoder", \.nodeDetachEncoder,
        "give the encoder no gradient through the decoder, for comparison"),
    ]
  }

  private static var limits: [Option<Self>] {
    [
      Option(
        "node-max-evaluations", \.nodeMaxEvaluations, in: .from(0),
        "most evaluations of the field in a layer's solve, 0 for any number"),
      Option("node-on-limit", \.nodeOnLimit, "what a batch does whose solve exceeds its limits"),
      Option(
        "node-coast-steps", \.nodeCoastSteps, in: .from(1, to: 10_000),
        "equal steps that cover the rest of a solve at its limits"),
    ]
  }

  private static var penalties: [Option<Self>] {
    [
      Option(
        "node-kinetic-weight", \.nodeKineticWeight, in: .from(0),
        "weight of the field's kinetic energy"),
      Option(
        "node-error-weight", \.nodeErrorWeight, in: .from(0),
        "weight of the squared error of one step"),
      Option(
        "node-random-end", \.nodeRandomEnd, in: .from(0),
        "how far the end time varies in training, either way"),
      Option(
        "node-init-from", \.nodeInitFrom, "classic pre-norm Transformer to start from",
        value: "FILE"),
    ]
  }
}
