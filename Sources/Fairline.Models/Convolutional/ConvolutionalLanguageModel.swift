public import Fairline
import FairlineGeneration
public import FairlineTensor

/// A language model of gated convolutions with fairseq's options and parameter names (Dauphin and
/// others 2017, "Language modeling with gated convolutional networks").
///
/// Symbols have no positions: a convolution sees those before it in their order.
public final class ConvolutionalLanguageModel: Model {
  let decoder: ConvolutionalStack
  /// From the last layer to the output projection's channels.
  let decoderMap: NormalizedLinear
  let output: ConvolutionalOutput
  /// All parameters.
  public let parameters: ParameterSet
  /// The longest text, which counts as source and as target.
  public let maximumPositions: (source: Int, target: Int)

  /// The data set version that fairseq's files note is left out.
  public var fileNames: NameMap { .fairseqConvolutional }

  /// Makes a model with freshly drawn parameters.
  ///
  /// - Parameter values: what the parameters hold at first.
  /// - Throws: `UserError` when the settings contradict each other or the task.
  public init(
    _ configuration: ConvolutionalLanguageModelSettings, for task: TaskDescription,
    seed: UInt64 = 1, values: ParameterSpace.FirstValues = .drawn
  ) throws {
    try configuration.check(for: task)
    let c = configuration
    let whole = ParameterSpace(seed: seed, values: values)
    let space = whole.part("decoder")
    decoder = ConvolutionalStack(
      space, symbols: task.readSymbols, channels: c.decoderEmbedDim, places: nil, c.decoderLayers,
      dropout: c.dropout)
    decoderMap = NormalizedLinear(
      space.part("fc2"), inputs: decoder.outputs, outputs: c.decoderEmbedDim)
    output = ConvolutionalOutput(
      space, decoder.table, symbols: task.targetSymbols, channels: c.decoderEmbedDim,
      isShared: false, dropout: c.dropout)
    parameters = ParameterSet(whole)
    maximumPositions = (task.maximumTargetPositions, task.maximumTargetPositions)
  }

  /// Yes.
  public var computesSentencesApart: Bool { true }

  /// Predicts every symbol from those before it.
  public func callAsFunction(_ batch: Batch, _ pass: ForwardPass) -> ModelOutput {
    let embedded = decoder.embed(batch.decoderInput, pass)
    let states = decoder(
      embedded, batch.decoderInput.segments, before: { $0 - 1 }, pass)  // [target, channel]
    let mapped = decoderMap(states, pass).droppedOut(pass.dropout(decoder.dropout))
    return ModelOutput(
      states: mapped, projection: output.weight(pass), bias: pass.value(of: output.bias))
  }

  /// Yes.
  public var searchesInIntegers: Bool { true }

  /// Prepares search that keeps each convolution's last inputs of each prefix.
  public func prepareSearch(_ preparation: SearchPreparation) -> any DecoderFactory {
    let tables = InferenceWeights(parameters, precision: preparation.precision)
    let effective = EffectiveWeights()
    let prepared = PreparedConvolutionalDecoder(decoder, map: decoderMap, effective)
    let projection = effective.add(output.weight(ForwardPass.evaluation()), bias: output.bias.value)
    let weights = effective.finish(tables.precision)
    let maps = prepared.packed(weights)
    let channels = decoder.table.weight.shape[1]
    return StackSearch(
      embedding: PreparedEmbedding(decoder.table, tables),
      output: PreparedOutput(projection.weight, bias: projection.bias, weights, preparation)
    ) { [ConvolutionalCell(maps, channels: channels)] }
  }
}
