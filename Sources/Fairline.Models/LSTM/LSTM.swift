public import Fairline
public import FairlineTensor

/// A recurrent encoder-decoder of long short-term memory with fairseq's options and parameter
/// names (Luong and others 2015, "Effective approaches to attention-based neural machine
/// translation").
public final class LSTM: Model {
  /// The settings the model was made from.
  package let configuration: LSTMSettings
  let encoder: LSTMEncoder
  let decoder: LSTMDecoder
  /// All parameters.
  public let parameters: ParameterSet
  /// The longest source and target, ends included.
  public let maximumPositions: (source: Int, target: Int)

  /// Makes a model with freshly drawn parameters.
  ///
  /// - Parameter values: what the parameters hold at first.
  /// - Throws: `UserError` when the settings contradict each other or the task.
  public init(
    _ configuration: LSTMSettings, for task: TaskDescription, seed: UInt64 = 1,
    values: ParameterSpace.FirstValues = .drawn
  ) throws {
    try configuration.check(for: task)
    let c = configuration
    let space = ParameterSpace(seed: seed, values: values)
    encoder = LSTMEncoder(space.part("encoder"), symbols: task.sourceSymbols, c)
    decoder = try LSTMDecoder(
      space.part("decoder"), symbols: task.targetSymbols,
      shared: c.shareAllEmbeddings ? encoder.table : nil, memoryChannels: c.memoryChannels,
      attends: c.decoderAttention.isOn, c)
    self.configuration = c
    parameters = ParameterSet(space)
    maximumPositions = (task.maximumSourcePositions, task.maximumTargetPositions)
  }

  /// Yes.
  public var computesSentencesApart: Bool { true }

  /// Whether the settings ask for it.
  public var hasAdaptiveSoftmax: Bool { decoder.output.isAdaptive }

  /// What fairseq's files hold beyond the parameters is left out.
  public var fileNames: NameMap { configuration.leftOut }

  /// Predicts every target symbol from the source and the symbols before it.
  public func callAsFunction(_ batch: Batch, _ pass: ForwardPass) -> ModelOutput {
    let source = encoder(batch.source, pass)
    var weights: [Tensor]? = pass.isTraining ? nil : []
    let states = decoder(
      batch.decoderInput, source: source, sourceSegments: batch.source.segments,
      weights: &weights, pass)  // [target, channel]
    let attention = decoder.attention == nil ? nil : weights.map { AttentionWeights($0) }
    return decoder.output.output(states, attention: attention, pass)
  }

  /// What the encoder makes of sources, for tests: states, then hidden states and cells of each
  /// layer.
  package func encode(
    _ source: PackedTokens
  ) -> (states: Tensor, hidden: [Tensor], cells: [Tensor]) {
    let result = encoder(source, ForwardPass.evaluation())
    return (result.states, result.hidden, result.cells)
  }
}
