public import Fairline
import FairlineGeneration
public import FairlineTensor

/// A recurrent language model of long short-term memory with fairseq's options and parameter names.
public final class LSTMLanguageModel: Model {
  private let configuration: LSTMLanguageModelSettings
  private let decoder: LSTMDecoder
  /// All parameters.
  public let parameters: ParameterSet
  /// The longest source and target, ends included.
  public let maximumPositions: (source: Int, target: Int)

  /// Makes a model with freshly drawn parameters.
  ///
  /// - Parameter values: what the parameters hold at first.
  /// - Throws: `UserError` when the settings contradict each other or the task.
  public init(
    _ configuration: LSTMLanguageModelSettings, for task: TaskDescription, seed: UInt64 = 1,
    values: ParameterSpace.FirstValues = .drawn
  ) throws {
    try configuration.check(for: task)
    let space = ParameterSpace(seed: seed, values: values)
    decoder = try LSTMDecoder(
      space.part("decoder"), symbols: task.targetSymbols, readSymbols: task.readSymbols,
      shared: nil, memoryChannels: nil, attends: false, configuration)
    self.configuration = configuration
    parameters = ParameterSet(space)
    maximumPositions = (task.maximumSourcePositions, task.maximumTargetPositions)
  }

  /// Yes.
  public var computesSentencesApart: Bool { true }

  /// Whether the settings ask for it.
  public var hasAdaptiveSoftmax: Bool { decoder.output.isAdaptive }

  /// What fairseq's files hold beyond the parameters is left out.
  public var fileNames: NameMap { configuration.leftOut }

  /// Predicts every symbol from those before it.
  public func callAsFunction(_ batch: Batch, _ pass: ForwardPass) -> ModelOutput {
    let order = StepOrder(batch.decoderInput.segments)
    let dropout = decoder.dropoutOut
    var input = decoder.embed(batch.decoderInput, pass)
    var states = input
    for (index, layer) in decoder.layers.enumerated() {
      states = layer(input, order, pass).states  // [target, channel]
      if index + 1 == decoder.layers.count { break }
      input = states.droppedOut(pass.dropout(dropout))
      if configuration.residuals {
        input = input + Self.shifted(states, batch.decoderInput.segments)
      }
    }
    states = decoder.finish(states.droppedOut(pass.dropout(dropout)), pass)
    return decoder.output.output(states, pass)
  }

  /// The states of the step before, zeros at the beginning of each sequence.
  private static func shifted(_ states: Tensor, _ segments: Segments) -> Tensor {
    let rows = states.shape[0]
    let zeros = Tensor.zeros([1, states.shape.columns])
    let places = segments.positions(from: 0).enumerated().map { row, place in
      Int32(place == 0 ? rows : row - 1)
    }
    return Tensor.concatenated([states, zeros]).rows(at: places)
  }
}

extension LSTMLanguageModel {
  /// Yes.
  public var searchesInIntegers: Bool { true }

  /// Prepares search that keeps hidden states and cells of each prefix.
  public func prepareSearch(_ preparation: SearchPreparation) -> any DecoderFactory {
    let weights = InferenceWeights(parameters, precision: preparation.precision)
    let layers = decoder.layers.map { $0.prepared(weights) }
    let output = decoder.output.prepared(map: decoder.outputMap, weights, preparation)
    let residuals = configuration.residuals
    return StackSearch(
      embedding: PreparedEmbedding(decoder.table, weights), output: output,
      weightBytes: layers.reduce(output.byteCount) { $0 + $1.byteCount }
    ) { layers.enumerated().map { Cell($1, adds: residuals && $0 + 1 < layers.count) } }
  }

  /// A layer, with what it keeps of each prefix.
  private final class Cell: StepCell {
    private let layer: InferenceMemoryCell
    private let addsBefore: Bool
    private let hidden, cell: StateRows
    private let work: InferenceMemoryCell.Work
    private let sum: RowBuffer

    init(_ layer: InferenceMemoryCell, adds: Bool) {
      self.layer = layer
      addsBefore = adds
      hidden = StateRows(columns: layer.channels)
      cell = StateRows(columns: layer.channels)
      work = InferenceMemoryCell.Work(channels: layer.channels)
      sum = RowBuffer(columns: layer.channels)
    }

    func run(_ states: RowBuffer, _ step: DecoderStep) -> RowBuffer {
      let rows = step.rows
      hidden.advance(step)
      cell.advance(step)
      let before = addsBefore ? hidden.current.tensor(rows: rows) + 0 : nil
      layer(states, hidden: hidden.current, cell: cell.current, rows: rows, work)
      guard let before else { return hidden.current }
      sum.copy(hidden.current.tensor(rows: rows) + before)
      return sum
    }
  }
}
