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
  /// The way to symbols.
  private let output: OutputProjection
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
    let symbols = try Self.symbols(space.part("embed_tokens"), for: task, c)
    let bands = try c.softmaxBands(
      symbols: task.targetSymbols, channels: c.outputChannels, factor: c.adaptiveSoftmaxFactor)
    decoder = TransformerDecoder(
      space, symbols, maximumLength: task.maximumTargetPositions, c.stack, readsSource: false,
      normalizesLast: !c.noDecoderFinalNorm)
    output = Self.output(space, bands, symbols, for: task, c)
    self.configuration = c
    parameters = ParameterSet(whole)
    maximumPositions = (task.maximumTargetPositions, task.maximumTargetPositions)
  }

  /// Where symbols are looked up: in one table, or in bands.
  private static func symbols(
    _ space: ParameterSpace, for task: TaskDescription, _ c: LanguageModelSettings
  ) throws -> SymbolVectors {
    guard let bands = try c.inputBands(for: task) else {
      return .plain(Embedding(space, symbols: task.readSymbols, channels: c.inputChannels))
    }
    return .adaptive(
      AdaptiveEmbedding(
        space, bands, inputs: c.inputChannels, outputs: c.decoderEmbedDim,
        factor: c.adaptiveInputFactor, sharesMaps: c.tieAdaptiveProj))
  }

  /// The way to symbols: one map, or bands, shared with where they are looked up.
  private static func output(
    _ space: ParameterSpace, _ bands: SymbolBands?, _ symbols: SymbolVectors,
    for task: TaskDescription, _ c: LanguageModelSettings
  ) -> OutputProjection {
    guard let bands else {
      var table: Parameter?
      if c.shareDecoderInputOutputEmbed, case .plain(let shared, _) = symbols {
        table = shared.weight
      }
      return .full(space, symbols: task.targetSymbols, channels: c.outputChannels, sharing: table)
    }
    var sharing: AdaptiveSoftmax.Sharing?
    if c.tieAdaptiveWeights, case .adaptive(let embedding) = symbols {
      sharing = AdaptiveSoftmax.Sharing(embedding, includesMaps: c.tieAdaptiveProj)
    }
    return .adaptive(
      AdaptiveSoftmax(
        space.part("adaptive_softmax"), bands, channels: c.outputChannels,
        factor: c.adaptiveSoftmaxFactor, dropout: c.adaptiveSoftmaxDropout, sharing: sharing))
  }

  /// Predicts every symbol from those before it.
  public func callAsFunction(_ batch: Batch, _ pass: ForwardPass) -> ModelOutput {
    output.output(decoder(batch.decoderInput, pass), pass)
  }

  /// Whether the settings ask for it.
  public var hasAdaptiveSoftmax: Bool { output.isAdaptive }

  /// Yes.
  public var computesSentencesApart: Bool { true }

  /// Yes.
  public var searchesInIntegers: Bool { true }

  /// Prepares search with caches of keys and values.
  public func prepareSearch(_ preparation: SearchPreparation) -> any DecoderFactory {
    let weights = InferenceWeights(parameters, precision: preparation.precision)
    return decoder.prepareSearch(output: output, weights, preparation)
  }
}
