public import Fairline
import FairlineModels
public import FairlineTensor

/// A Transformer whose encoder, decoder or both are neural ODEs (Chen and others 2018).
public final class NodeTransformer: Model {
  /// The encoder: a stack of layers, or of solves.
  enum Encoder: Sendable {
    case classic(TransformerEncoder)
    case node(NodeEncoder)
  }

  /// The decoder: a stack of layers, or of solves.
  enum Decoder: Sendable {
    case classic(TransformerDecoder)
    case node(NodeDecoder)
  }

  /// The settings the model was made from.
  public let configuration: NodeTransformerSettings
  /// The way to symbols.
  let output: OutputProjection
  /// All parameters.
  public let parameters: ParameterSet
  /// Those of the Transformer, whose layers it has.
  public var fileNames: NameMap { .fairseqTransformer }
  /// The longest source and target, ends included.
  public let maximumPositions: (source: Int, target: Int)
  let encoder: Encoder
  let decoder: Decoder
  let schemes: SolveSchemes

  /// Makes a model with freshly drawn parameters.
  ///
  /// - Parameters:
  ///   - values: what the parameters hold at first.
  ///   - catalog: where the settings' solvers are named; without any there, FairlineODE's.
  /// - Throws: `UserError` when the settings contradict each other or the task.
  public init(
    _ configuration: NodeTransformerSettings, for task: TaskDescription, seed: UInt64 = 1,
    values: ParameterSpace.FirstValues = .drawn, catalog: Catalog = Catalog()
  ) throws {
    let (c, node) = (configuration.resolvedTransformer, configuration.node)
    try c.check(for: task)
    guard !c.outputBias else {
      throw UserError("--output-bias is not known to this architecture: leave it out")
    }
    schemes = try SolveSchemes(node, catalog)
    try configuration.checkNode(schemes)
    let gradient = schemes.gradient
    let space = ParameterSpace(seed: seed, values: values)
    let (left, right) = (space.part("encoder"), space.part("decoder"))
    let tables = try SymbolTables(encoder: left, decoder: right, for: task, c)
    let (sourceLength, targetLength) = (task.maximumSourcePositions, task.maximumTargetPositions)
    encoder =
      node.nodeEncoder
      ? .node(
        NodeEncoder(left, table: tables.source, maximumLength: sourceLength, c, node, gradient))
      : .classic(TransformerEncoder(left, table: tables.source, maximumLength: sourceLength, c))
    decoder =
      node.nodeDecoder
      ? .node(
        NodeDecoder(right, table: tables.target, maximumLength: targetLength, c, node, gradient))
      : .classic(TransformerDecoder(right, table: tables.target, maximumLength: targetLength, c))
    output = tables.output()
    self.configuration = configuration
    parameters = ParameterSet(space)
    maximumPositions = (sourceLength, targetLength)
  }

  /// The same model, solved in another way in evaluation.
  init(_ model: NodeTransformer, evaluation: SolveScheme) {
    configuration = model.configuration
    output = model.output
    parameters = model.parameters
    maximumPositions = model.maximumPositions
    encoder = model.encoder
    decoder = model.decoder
    schemes = model.schemes.evaluated(with: evaluation)
  }

  /// Predicts every target symbol from the source and the symbols before it.
  public func callAsFunction(_ batch: Batch, _ pass: ForwardPass) -> ModelOutput {
    let memory = encode(batch.source, pass)  // [source, channel]
    let weights = pass.isTraining ? nil : AttentionWeights()
    let states = decode(
      batch.decoderInput, memory: memory, memorySegments: batch.source.segments,
      weights: weights, pass)
    return output.output(states, attention: weights, pass)
  }

  /// Whether the settings ask for it.
  public var hasAdaptiveSoftmax: Bool { output.isAdaptive }

  /// The encoder's states. `[source, channel]`
  func encode(_ source: PackedTokens, _ pass: ForwardPass) -> Tensor {
    switch encoder {
    case .classic(let stack): stack(source, pass)
    case .node(let stack): stack(source, schemes.of(pass), pass)
    }
  }

  /// The decoder's states before the output projection. `[target, channel]`
  func decode(
    _ input: PackedTokens, memory: Tensor, memorySegments: Segments,
    weights: AttentionWeights? = nil, _ pass: ForwardPass
  ) -> Tensor {
    switch decoder {
    case .classic(let stack):
      stack(input, memory: memory, memorySegments: memorySegments, weights: weights, pass)
    case .node(let stack):
      stack(
        input, memory: memory, memorySegments: memorySegments, weights: weights, schemes.of(pass),
        pass)
    }
  }
}
