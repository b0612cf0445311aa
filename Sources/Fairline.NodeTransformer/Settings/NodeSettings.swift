public import Fairline

/// The settings of the neural ODE in a `node_transformer`, named as its flags are.
public struct NodeSettings: Configuration, Equatable {
  /// Whether the encoder is a NODE.
  public var nodeEncoder = false
  /// Whether the decoder is a NODE.
  public var nodeDecoder = false
  /// Whether the decoder's self-attention stays outside the solve.
  public var nodeSeparatedDecoder = false
  /// The relative tolerance of adaptive solves.
  public var nodeRtol = 0.01
  /// The absolute tolerance of adaptive solves.
  public var nodeAtol = 0.01
  /// The name of the solver; an ending `-ext` is left out.
  public var nodeMethod = "dopri5"
  /// The output times; the state at the last one goes on.
  public var nodeTs = [0.0, 1.0]
  /// The most steps of a solve.
  public var nodeMaxNumSteps = 1000
  /// Channels for each head that are added for the solve, zero at its start.
  public var nodeAugmentDims = 0
  /// Whether the field reads the time.
  public var nodeTimeDependent = false

  /// The form of the field.
  public var nodeField = NodeFieldForm.preNorm
  /// Equal steps of a solve; adaptive steps, or those of the solver, when 0.
  public var nodeSteps = 0
  /// Pieces of depth with weights of their own.
  public var nodeWeightPieces = 1
  /// Whether the field has a learned scale for each channel.
  public var nodeLearnScale = false
  /// What the learned scale starts from.
  public var nodeScaleStart = 1.0
  /// What dropout does inside the field.
  public var nodeDropout = NodeDropout.frozen
  /// Whose error controls adaptive steps.
  public var nodeControl = NodeControl.batch
  /// How errors become one number.
  public var nodeNorm = NodeNorm.batch

  /// The solver of evaluation and generation; that of training when nil.
  public var nodeEvalMethod: String?
  /// Equal steps in evaluation, 0 for adaptive ones; those of training when nil.
  public var nodeEvalSteps: Int?
  /// The relative tolerance in evaluation; that of training when nil.
  public var nodeEvalRtol: Double?
  /// The absolute tolerance in evaluation; that of training when nil.
  public var nodeEvalAtol: Double?

  /// How gradients are computed.
  public var nodeGradient = NodeGradient.auto
  /// The most states that a replay keeps; all when nil.
  public var nodeCheckpoints: Int?
  /// The relative tolerance of the adjoint solve; that of the solve when nil.
  public var nodeAdjointRtol: Double?
  /// The absolute tolerance of the adjoint solve; that of the solve when nil.
  public var nodeAdjointAtol: Double?
  /// The solver of the adjoint equation; that of the solve when nil.
  public var nodeAdjointMethod: String?
  /// What controls the adjoint's steps.
  public var nodeAdjointNorm = NodeAdjointNorm.seminorm

  /// The most evaluations of a layer's solve; 0 for any number.
  public var nodeMaxEvaluations = 0
  /// What a batch does whose solve exceeds its limits.
  public var nodeOnLimit = NodeLimitPolicy.coast
  /// Equal steps that cover the rest of a solve that exceeds its limits.
  public var nodeCoastSteps = 2

  /// The weight of the field's kinetic energy in the loss (Finlay and others 2020).
  public var nodeKineticWeight = 0.0
  /// The weight of the squared error estimate of one step in the loss (Pal and others 2023).
  public var nodeErrorWeight = 0.0
  /// How far the end time varies in training, either way (Ghosh and others 2020).
  public var nodeRandomEnd = 0.0

  /// Whether training ends with the losses at other steps and a tight tolerance.
  public var nodeAudit = false
  /// A classic pre-norm Transformer that the parameters start from.
  public var nodeInitFrom: String?
  /// Whether the decoder gives the encoder no gradient; for comparison only.
  public var nodeDetachEncoder = false

  /// The settings of the study, which chooses no side.
  public init() {}
}
