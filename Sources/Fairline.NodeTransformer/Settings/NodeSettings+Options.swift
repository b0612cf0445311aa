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
      Option(
        "node-method", \.nodeMethod,
        "solver, one that --list shows, such as euler, heun2, rk4, dopri5"),
      Option(
        "node-ts", aliases: ["node-time-steps"], \.nodeTs, in: .from(-1_000_000, to: 1_000_000),
        "times that a solve passes through; the last one gives the result"),
      Option(
        "node-max-num-steps", \.nodeMaxNumSteps, in: .from(1),
        "maximum number of steps of a solve"),
      Option(
        "node-augment-dims", \.nodeAugmentDims, in: .from(0, to: 4096),
        "channels added for each head during the solve"),
      Option("node-time-dependent", \.nodeTimeDependent, "make the field depend on time"),
    ]
  }

  private static var solving: [Option<Self>] {
    [
      Option(
        "node-field", \.nodeField,
        "form of the field: what a pre-norm layer adds, or the study's composition"),
      Option(
        "node-steps", \.nodeSteps, in: .from(0, to: 10_000),
        "number of equal steps of a solve; 0 for adaptive steps"),
      Option(
        "node-weight-pieces", \.nodeWeightPieces, in: .from(1, to: 1000),
        "pieces of depth, each with weights of its own"),
      Option("node-learn-scale", \.nodeLearnScale, "learn a scale of the field for each channel"),
      Option(
        "node-scale-start", \.nodeScaleStart, in: .from(-1e6, to: 1e6),
        "initial value of the learned scale"),
      Option("node-dropout", \.nodeDropout, "how dropout acts inside the field"),
      Option("node-control", \.nodeControl, "whose error controls adaptive steps"),
      Option("node-norm", \.nodeNorm, "norm of the error estimate"),
    ]
  }

  private static var evaluation: [Option<Self>] {
    [
      Option("node-eval-method", \.nodeEvalMethod, "solver in evaluation and generation"),
      Option(
        "node-eval-steps", \.nodeEvalSteps, in: .from(0, to: 10_000),
        "number of equal steps in evaluation; 0 for adaptive steps"),
      Option("node-eval-rtol", \.nodeEvalRtol, in: .from(0), "relative tolerance in evaluation"),
      Option("node-eval-atol", \.nodeEvalAtol, in: .from(0), "absolute tolerance in evaluation"),
      Option(
        "node-audit", \.nodeAudit,
        "report at the end the losses with half and twice the steps and at a tight tolerance"),
    ]
  }

  private static var gradient: [Option<Self>] {
    [
      Option("node-gradient", \.nodeGradient, "how the gradient of a solve is computed"),
      Option(
        "node-checkpoints", \.nodeCheckpoints, in: .from(1, to: 1_000_000),
        "maximum number of states that a replay keeps"),
      Option(
        "node-adjoint-rtol", \.nodeAdjointRtol, in: .from(0),
        "relative tolerance of the adjoint solve"),
      Option(
        "node-adjoint-atol", \.nodeAdjointAtol, in: .from(0),
        "absolute tolerance of the adjoint solve"),
      Option("node-adjoint-method", \.nodeAdjointMethod, "solver of the adjoint equation"),
      Option(
        "node-adjoint-norm", \.nodeAdjointNorm, "what controls the steps of the adjoint solve"),
      Option(
        "node-detach-encoder", \.nodeDetachEncoder,
        "pass no gradient from the decoder to the encoder, for comparison"),
    ]
  }

  private static var limits: [Option<Self>] {
    [
      Option(
        "node-max-evaluations", \.nodeMaxEvaluations, in: .from(0),
        "maximum number of field evaluations in a layer's solve; 0 for no limit"),
      Option(
        "node-on-limit", \.nodeOnLimit, "what happens to a batch whose solve exceeds its limits"),
      Option(
        "node-coast-steps", \.nodeCoastSteps, in: .from(1, to: 10_000),
        "number of equal steps that cover the rest of a solve at its limits"),
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
        "how far the end time varies at random in training, in both directions"),
      Option(
        "node-init-from", \.nodeInitFrom, "classic pre-norm Transformer to start from",
        value: "FILE"),
    ]
  }
}
