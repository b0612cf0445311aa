import FairlineGeneration
import FairlineModels
import FairlineTensor

/// A cell with its affine maps packed once for all batches.
struct PreparedNodeCell: Sendable {
  let cell: NodeCell
  let layer: PreparedLayer

  init(_ cell: NodeCell, _ weights: InferenceWeights) {
    self.cell = cell
    layer = PreparedLayer(
      attention: cell.attention?.map, sourceAttention: cell.sourceAttention?.map,
      feedForward: cell.feedForward.map, weights)
  }
}

/// The buffers that all evaluations of a step share.
struct NodeStepWork {
  /// The stream inside the field. `[row, inner channel]`
  let states: RowBuffer
  /// The derivative of a composed field. `[row, channel]`
  let slope: RowBuffer
  let step: StepWork

  init(_ shape: NodeCellShape) {
    states = RowBuffer(columns: shape.innerChannels)
    slope = RowBuffer(columns: shape.layer.channels)
    step = StepWork(channels: shape.innerChannels, hidden: shape.layer.hidden)
  }
}

/// A cell prepared for single steps: keys and values of the source, and of the prefixes at each
/// evaluation of the solve.
///
/// The states that an evaluation sees are those of its stage of its step, so each evaluation has a
/// cache of its own.
final class NodeStepCell {
  private let cell: NodeCell
  private let layer: CachedLayer
  private let norms: [LayerNorm]
  private let work: NodeStepWork

  init(_ maps: PreparedNodeCell, _ work: NodeStepWork) {
    cell = maps.cell
    layer = CachedLayer(maps.layer, work.step)
    norms = [cell.attention?.norm, cell.sourceAttention?.norm, cell.feedForward.norm]
      .compactMap(\.self)
    self.work = work
  }

  func join(_ sources: EncodedSources) { layer.join(sources) }

  /// Begins the solve of another step.
  func begin() { layer.evaluation = 0 }

  /// The derivative of new rows, whose keys and values join the cache of this evaluation.
  ///
  /// - Parameters:
  ///   - state: `[row, channel]`
  ///   - time: the time as a fraction of depth.
  /// - Returns: `[row, channel]`
  func derivative(_ state: Tensor, time: Double, _ step: DecoderStep) -> Tensor {
    defer { layer.evaluation += 1 }
    let slope =
      cell.shape.form == .preNorm
      ? residualField(state, Float(time), step) : composedField(state, Float(time), step)
    guard let scale = cell.scale else { return slope }
    return slope * scale.value
  }

  private func residualField(_ state: Tensor, _ time: Float, _ step: DecoderStep) -> Tensor {
    let input = cell.timeShift.map { state + $0.value * time } ?? state
    work.states.copy(input)
    layer.addParts(to: work.states, norms: norms, isBefore: true, step)
    return work.states.tensor(rows: step.rows) - input
  }

  private func composedField(_ state: Tensor, _ time: Float, _ step: DecoderStep) -> Tensor {
    let (rows, normalized) = (step.rows, work.step.normalized)
    let isBefore = cell.shape.normalizesBefore
    var input = state
    if cell.shape.readsTime {
      let clock = Tensor(repeating: time, shape: [rows, cell.shape.layer.heads])
      input = Tensor.concatenated([clock, state], along: 1)
    }
    work.states.copy(input)
    var stream = work.states
    for (part, norm) in zip(layer.parts, norms) {
      if isBefore {
        normalized.reserve(rows)
        norm(stream, rows: rows, into: normalized)
      }
      stream = layer(part, of: isBefore ? normalized : stream, into: work.slope, step)
      if !isBefore { norm(stream, rows: rows, into: stream) }
    }
    // The buffer serves the next evaluation again.
    return stream.tensor(rows: rows) + 0
  }
}
