public import Fairline
import FairlineGeneration
public import FairlineTensor

/// A language model of gated convolutions with fairseq's options and parameter names (Dauphin and
/// others 2017, "Language modeling with gated convolutional networks").
///
/// Symbols have no positions: a convolution sees those before it in their order.
public final class ConvolutionalLanguageModel: Model {
  let decoder: ConvolutionalStack
  private let output: Output
  /// All parameters.
  public let parameters: ParameterSet
  /// The longest text, which counts as source and as target.
  public let maximumPositions: (source: Int, target: Int)

  /// The way to symbols.
  private enum Output: Sendable {
    /// A map to the output projection's channels, and that projection.
    case full(NormalizedLinear, ConvolutionalOutput)
    /// Bands of symbols, which read the last layer.
    case adaptive(AdaptiveSoftmax)
  }

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
    let factor = 4.0  // fairseq has no flag for it
    let bands = try c.softmaxBands(
      symbols: task.targetSymbols, channels: decoder.outputs, factor: factor)
    if let bands {
      output = .adaptive(
        AdaptiveSoftmax(
          space.part("adaptive_softmax"), bands, channels: decoder.outputs, factor: factor,
          dropout: c.adaptiveSoftmaxDropout))
    } else {
      let map = NormalizedLinear(
        space.part("fc2"), inputs: decoder.outputs, outputs: c.decoderEmbedDim)
      let projection = ConvolutionalOutput(
        space, decoder.table, symbols: task.targetSymbols, channels: c.decoderEmbedDim,
        isShared: false, dropout: c.dropout)
      output = .full(map, projection)
    }
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
    switch output {
    case .full(let map, let projection):
      let mapped = map(states, pass).droppedOut(pass.dropout(decoder.dropout))
      return ModelOutput(
        states: mapped, projection: projection.weight(pass), bias: pass.value(of: projection.bias))
    case .adaptive(let softmax): return ModelOutput(states: states, head: softmax(pass))
    }
  }

  /// Whether the settings ask for it.
  public var hasAdaptiveSoftmax: Bool { if case .adaptive = output { true } else { false } }

  /// Yes.
  public var searchesInIntegers: Bool { true }

  /// Prepares search that keeps each convolution's last inputs of each prefix.
  public func prepareSearch(_ preparation: SearchPreparation) -> any DecoderFactory {
    let tables = InferenceWeights(parameters, precision: preparation.precision)
    let effective = EffectiveWeights()
    let channels = decoder.table.weight.shape[1]
    let maps: PreparedConvolutionalDecoder.Packed
    let symbols: PreparedOutput
    switch output {
    case .full(let map, let projection):
      let prepared = PreparedConvolutionalDecoder(decoder, map: map, effective)
      let matrix = effective.add(
        projection.weight(ForwardPass.evaluation()), bias: projection.bias.value)
      let weights = effective.finish(tables.precision)
      maps = prepared.packed(weights)
      symbols = PreparedOutput(matrix.weight, bias: matrix.bias, weights, preparation)
    case .adaptive(let softmax):
      let prepared = PreparedConvolutionalDecoder(decoder, map: nil, effective)
      maps = prepared.packed(effective.finish(tables.precision))
      symbols = PreparedOutput(softmax, tables, preparation)
    }
    return StackSearch(
      embedding: PreparedEmbedding(decoder.table, tables), output: symbols
    ) { [ConvolutionalCell(maps, channels: channels)] }
  }
}
