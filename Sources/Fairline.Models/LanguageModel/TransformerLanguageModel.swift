public import Fairline
import FairlineGeneration
public import FairlineTensor

/// A Transformer that predicts each symbol of a text from those before it: the translation model's
/// decoder without a source, with fairseq's options and parameter names.
public final class TransformerLanguageModel: Model {
  /// The settings the model was made from.
  package let configuration: LanguageModelSettings
  /// The layers.
  package let decoder: TransformerDecoder
  /// The output projection. `[vocabulary, channel]`
  package let projection: Parameter
  /// All parameters.
  public let parameters: ParameterSet
  /// The longest text, which counts as source and as target.
  public let maximumPositions: (source: Int, target: Int)

  /// fairseq's names of all versions.
  public var fileNames: NameMap { .fairseqTransformer }

  /// Makes a model with freshly drawn parameters.
  ///
  /// - Parameter values: what the parameters hold at first.
  /// - Throws: `UserError` when the settings contradict each other or the task.
  public init(
    _ configuration: LanguageModelSettings, for task: TaskDescription, seed: UInt64 = 1,
    values: ParameterSpace.FirstValues = .drawn
  ) throws {
    try configuration.check(for: task)
    let c = configuration
    let whole = ParameterSpace(seed: seed, values: values)
    let space = whole.part("decoder")
    let table = Embedding(
      space.part("embed_tokens"), symbols: task.readSymbols, channels: c.inputChannels)
    decoder = TransformerDecoder(
      space, table: table, maximumLength: task.maximumTargetPositions, c.stack,
      readsSource: false, normalizesLast: !c.noDecoderFinalNorm)
    let name = "output_projection.weight"
    if c.shareDecoderInputOutputEmbed {
      space.alias(name, of: table.weight)
      projection = table.weight
    } else {
      projection = space.parameter(
        name, [task.targetSymbols, c.outputChannels],
        .normal(deviation: 1 / Float(c.outputChannels).squareRoot()))
    }
    self.configuration = c
    parameters = ParameterSet(whole)
    maximumPositions = (task.maximumTargetPositions, task.maximumTargetPositions)
  }

  /// Predicts every symbol from those before it.
  public func callAsFunction(_ batch: Batch, _ pass: ForwardPass) -> ModelOutput {
    ModelOutput(
      states: decoder(batch.decoderInput, pass), projection: pass.value(of: projection))
  }

  /// Yes.
  public var computesSentencesApart: Bool { true }

  /// Yes.
  public var searchesInIntegers: Bool { true }

  /// Prepares search with caches of keys and values.
  public func prepareSearch(_ preparation: SearchPreparation) -> any DecoderFactory {
    let weights = InferenceWeights(parameters, precision: preparation.precision)
    return decoder.prepareSearch(projection: projection, weights, preparation)
  }
}
