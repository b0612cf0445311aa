import FairlineGeneration
import FairlineModels
import FairlineTensor

/// The affine maps of a cell, packed once for all batches.
struct PreparedNodeCell: Sendable {
  let cell: NodeCell
  let attention: PreparedAttention?
  let sourceAttention: PreparedAttention?
  let feedForward: PreparedFeedForward

  init(_ cell: NodeCell, _ weights: InferenceWeights) {
    self.cell = cell
    attention = cell.attention.map { PreparedAttention($0.map, weights) }
    sourceAttention = cell.sourceAttention.map { PreparedAttention($0.map, weights) }
    feedForward = PreparedFeedForward(cell.feedForward.map, weights)
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
  private let maps: PreparedNodeCell
  private let work: NodeStepWork
  /// The self-attention of each evaluation.
  private var attentions: [CachedAttention] = []
  private let sourceAttention: CachedAttention?
  /// Evaluations of the solve in progress.
  var evaluations = 0

  private var cell: NodeCell { maps.cell }

  init(_ maps: PreparedNodeCell, _ work: NodeStepWork) {
    self.maps = maps
    self.work = work
    sourceAttention = maps.sourceAttention.map { CachedAttention($0, work.step) }
  }

  func join(_ sources: EncodedSources) { sourceAttention?.join(sources) }

  /// The derivative of new rows, whose keys and values join the cache of this evaluation.
  ///
  /// - Parameters:
  ///   - state: `[row, channel]`
  ///   - time: the time as a fraction of depth.
  /// - Returns: `[row, channel]`
  func derivative(_ state: Tensor, time: Double, _ step: DecoderStep) -> Tensor {
    defer { evaluations += 1 }
    let slope =
      cell.shape.form == .preNorm
      ? residualField(state, Float(time), step) : composedField(state, Float(time), step)
    guard let scale = cell.scale else { return slope }
    return slope * scale.value
  }

  /// The self-attention of this evaluation.
  private var attention: CachedAttention? {
    guard let maps = maps.attention else { return nil }
    if evaluations == attentions.count { attentions.append(CachedAttention(maps, work.step)) }
    return attentions[evaluations]
  }

  private func residualField(_ state: Tensor, _ time: Float, _ step: DecoderStep) -> Tensor {
    let input = cell.timeShift.map { state + $0.value * time } ?? state
    let (states, rows, buffers) = (work.states, step.rows, work.step)
    states.copy(input)
    if let attention, let norm = cell.attention?.norm {
      buffers.subLayer(states, rows: rows, norm: norm, isBefore: true) {
        attention.add($0, to: states, norm: $1, step)
      }
    }
    if let sourceAttention, let norm = cell.sourceAttention?.norm {
      buffers.subLayer(states, rows: rows, norm: norm, isBefore: true) {
        sourceAttention.add($0, to: states, norm: $1, step)
      }
    }
    buffers.subLayer(states, rows: rows, norm: cell.feedForward.norm, isBefore: true) {
      maps.feedForward.add($0, rows: rows, to: states, norm: $1, buffers)
    }
    return states.tensor(rows: rows) - input
  }

  private func composedField(_ state: Tensor, _ time: Float, _ step: DecoderStep) -> Tensor {
    let (rows, buffers) = (step.rows, work.step)
    let isBefore = cell.shape.normalizesBefore
    var input = state
    if cell.shape.readsTime {
      let clock = Tensor(repeating: time, shape: [rows, cell.shape.layer.heads])
      input = Tensor.concatenated([clock, state], along: 1)
    }
    work.states.copy(input)
    var stream = work.states
    func apply(_ norm: LayerNorm, _ map: (RowBuffer) -> RowBuffer) {
      if isBefore {
        buffers.normalized.reserve(rows)
        norm(stream, rows: rows, into: buffers.normalized)
      }
      stream = map(isBefore ? buffers.normalized : stream)
      if !isBefore { norm(stream, rows: rows, into: stream) }
    }
    if let attention, let norm = cell.attention?.norm { apply(norm) { attention($0, step) } }
    if let sourceAttention, let norm = cell.sourceAttention?.norm {
      apply(norm) { sourceAttention($0, step) }
    }
    apply(cell.feedForward.norm) {
      maps.feedForward($0, rows: rows, into: work.slope, buffers)
      return work.slope
    }
    // The buffer serves the next evaluation again.
    return stream.tensor(rows: rows) + 0
  }
}
