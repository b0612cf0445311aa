public import Fairline
import FairlineGeneration
import FairlineModels
public import FairlineTensor

/// A language model whose layers are neural ODEs: the decoder of a ``NodeTransformer`` without a
/// source.
public final class NodeLanguageModel: Model {
  /// The way to symbols.
  private let output: OutputProjection
  /// All parameters.
  public let parameters: ParameterSet
  /// Those of the Transformer, whose layers it has.
  public var fileNames: NameMap { .fairseqTransformer }
  /// The longest text, which counts as source and as target.
  public let maximumPositions: (source: Int, target: Int)
  let settings: NodeLanguageModelSettings
  let decoder: NodeDecoder
  let schemes: SolveSchemes

  /// Makes a model with freshly drawn parameters.
  ///
  /// - Parameters:
  ///   - values: what the parameters hold at first.
  ///   - catalog: where the settings' solvers are named; without any there, FairlineODE's.
  /// - Throws: `UserError` when the settings contradict each other or the task.
  public init(
    _ settings: NodeLanguageModelSettings, for task: TaskDescription, seed: UInt64 = 1,
    values: ParameterSpace.FirstValues = .drawn, catalog: Catalog = Catalog()
  ) throws {
    let (c, node) = (settings.languageModel, settings.node)
    schemes = try SolveSchemes(node, catalog)
    try settings.check(for: task, schemes)
    let whole = ParameterSpace(seed: seed, values: values)
    let space = whole.part("decoder")
    let table = Embedding(
      space.part("embed_tokens"), symbols: task.readSymbols, channels: c.inputChannels)
    decoder = NodeDecoder(
      space, table: table, maximumLength: task.maximumTargetPositions, c.stack, node,
      schemes.gradient,
      readsSource: false, normalizesLast: !c.noDecoderFinalNorm)
    output = .full(
      space, symbols: task.targetSymbols, channels: c.outputChannels,
      sharing: c.shareDecoderInputOutputEmbed ? table.weight : nil)
    self.settings = settings
    parameters = ParameterSet(whole)
    maximumPositions = (task.maximumTargetPositions, task.maximumTargetPositions)
  }

  /// The same model, solved in another way in evaluation.
  private init(_ model: NodeLanguageModel, evaluation: SolveScheme) {
    output = model.output
    parameters = model.parameters
    maximumPositions = model.maximumPositions
    settings = model.settings
    decoder = model.decoder
    schemes = model.schemes.evaluated(with: evaluation)
  }

  /// Predicts every symbol from those before it.
  public func callAsFunction(_ batch: Batch, _ pass: ForwardPass) -> ModelOutput {
    output.output(decoder(batch.decoderInput, schemes.of(pass), pass), pass)
  }

  /// Yes where every solve takes the same steps whatever its batch.
  public var computesSentencesApart: Bool { settings.node.solvesApart(schemes.training) }

  /// Reports what solves cost, as those of a ``NodeTransformer``.
  public var observers: [any TrainingObserver] { settings.node.observers }

  /// How many solves of validation and generation broke off.
  public var trouble: ModelTrouble? { schemes.evaluation.tally.trouble }

  /// The audit of the step size, as that of a ``NodeTransformer``.
  public var variants: [ModelVariant] {
    settings.node.audit(of: schemes.evaluation).map { name, scheme in
      ModelVariant(
        name, scheme.map { NodeLanguageModel(self, evaluation: $0) } ?? self)
    }
  }

  /// Yes, where each step of the search solves for its new symbols only.
  public var searchesInIntegers: Bool { schemes.evaluation.isRegular }

  /// No: what a solve does beside its linear maps is computed in floating point.
  public var packsAllWeights: Bool { false }

  /// Prepares search: with caches on a fixed grid, with whole prefixes otherwise.
  public func prepareSearch(_ preparation: SearchPreparation) -> any DecoderFactory {
    guard schemes.evaluation.isRegular else { return NodePrefixContinuation(model: self) }
    let parts = decoder.searchParts(output, schemes.evaluation, parameters, preparation)
    return StackSearch(embedding: parts.embedding, output: parts.output, cells: parts.cells)
  }
}

/// Search whose steps depend on what is decoded: each prefix is solved anew.
private struct NodePrefixContinuation: DecoderFactory {
  let model: NodeLanguageModel

  func makeDecoder(for sources: PackedTokens) -> any IncrementalDecoder {
    PrefixDecoder(model: model, sources: sources)
  }
}
