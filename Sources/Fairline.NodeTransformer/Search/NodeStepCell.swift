import FairlineModels
import FairlineTensor

/// The affine maps of a cell, packed once for all batches.
struct NodeStepMaps: Sendable {
  let input, output: InferenceLinear?
  let sourceQuery, memory, sourceOutput: InferenceLinear
  let first, second: InferenceLinear

  init(_ cell: NodeCell) {
    func map(_ linear: Linear) -> InferenceLinear {
      InferenceLinear(weight: linear.weight.value, bias: linear.bias?.value)
    }
    func map(_ projection: MultiHeadAttention.Projection) -> InferenceLinear {
      InferenceLinear(weight: projection.weight.value, bias: projection.bias.value)
    }
    guard let source = cell.sourceAttention?.map, let memory = source.memory else {
      preconditionFailure("a decoder's cell attends to a memory")
    }
    input = cell.attention.map { map($0.map.input) }
    output = cell.attention.map { map($0.map.output) }
    sourceQuery = map(source.input)
    self.memory = map(memory)
    sourceOutput = map(source.output)
    first = map(cell.feedForward.map.first)
    second = map(cell.feedForward.map.second)
  }
}

/// A cell prepared for single steps: keys and values of the source, and of the prefixes at each
/// evaluation of the solve.
///
/// The states that an evaluation sees are those of its stage of its step, so each evaluation has a
/// cache of its own.
final class NodeStepCell {
  let cell: NodeCell
  let maps: NodeStepMaps
  /// Keys and values of the prefixes, for each evaluation.
  private var caches: [AttentionCache] = []
  private let memory: AttentionCache
  private let attention: StepAttention
  /// Evaluations of the solve in progress.
  var evaluations = 0

  /// Computes keys and values of the source.
  ///
  /// - Parameter source: the encoder's states. `[source, channel]`
  init(_ cell: NodeCell, _ maps: NodeStepMaps, source: RowBuffer, rows: Int) {
    self.cell = cell
    self.maps = maps
    let width = cell.shape.innerChannels
    attention = StepAttention(heads: cell.shape.layer.heads, channels: width)
    let pairs = RowBuffer(columns: 2 * width, capacity: rows)
    maps.memory(source, rows: rows, into: pairs)
    memory = AttentionCache(pairs)
  }

  /// The derivative of new rows, whose keys and values join the cache of this evaluation.
  ///
  /// - Parameters:
  ///   - state: `[row, channel]`
  ///   - time: the time as a fraction of depth.
  /// - Returns: `[row, channel]`
  func derivative(_ state: Tensor, time: Double, _ work: NodeStepWork, _ step: NodeStep) -> Tensor {
    defer { evaluations += 1 }
    work.reserve(state.shape[0])
    let slope =
      cell.shape.form == .preNorm
      ? residualField(state, Float(time), work, step)
      : composedField(state, Float(time), work, step)
    guard let scale = cell.scale else { return slope }
    return slope * scale.value
  }

  private func residualField(
    _ state: Tensor, _ time: Float, _ work: NodeStepWork, _ step: NodeStep
  ) -> Tensor {
    let rows = state.shape[0]
    let input = cell.timeShift.map { state + $0.value * time } ?? state
    work.states.copy(input)
    func add(_ map: InferenceLinear, _ x: RowBuffer) {
      map(x, rows: rows, addedTo: work.states, norm: nil, scratch: work.branch)
    }
    if let part = cell.attention, let output = maps.output {
      part.norm(work.states, rows: rows, into: work.normalized)
      attendToPrefix(work.normalized, rows, work, step)
      add(output, work.context)
    }
    if let part = cell.sourceAttention {
      part.norm(work.states, rows: rows, into: work.normalized)
      attendToSource(work.normalized, rows, work, step)
      add(maps.sourceOutput, work.context)
    }
    cell.feedForward.norm(work.states, rows: rows, into: work.normalized)
    maps.first(
      work.normalized, rows: rows, into: work.hidden,
      activation: cell.feedForward.map.activation)
    add(maps.second, work.hidden)
    return work.states.tensor(rows: rows) - input
  }

  private func composedField(
    _ state: Tensor, _ time: Float, _ work: NodeStepWork, _ step: NodeStep
  ) -> Tensor {
    let rows = state.shape[0]
    let isBefore = cell.shape.normalizesBefore
    var input = state
    if cell.shape.readsTime {
      let clock = Tensor(repeating: time, shape: [rows, cell.shape.layer.heads])
      input = Tensor.concatenated([clock, state], along: 1)
    }
    work.states.copy(input)
    func apply(_ norm: LayerNorm, _ output: InferenceLinear, _ attend: (RowBuffer) -> Void) {
      if isBefore { norm(work.states, rows: rows, into: work.normalized) }
      attend(isBefore ? work.normalized : work.states)
      output(work.context, rows: rows, into: work.states)
      if !isBefore { norm(work.states, rows: rows, into: work.states) }
    }
    if let part = cell.attention, let output = maps.output {
      apply(part.norm, output) { attendToPrefix($0, rows, work, step) }
    }
    if let part = cell.sourceAttention {
      apply(part.norm, maps.sourceOutput) { attendToSource($0, rows, work, step) }
    }
    if isBefore { cell.feedForward.norm(work.states, rows: rows, into: work.normalized) }
    maps.first(
      isBefore ? work.normalized : work.states, rows: rows, into: work.hidden,
      activation: cell.feedForward.map.activation)
    maps.second(work.hidden, rows: rows, into: work.slope)
    if !isBefore { cell.feedForward.norm(work.slope, rows: rows, into: work.slope) }
    // The buffer serves the next evaluation again.
    return work.slope.tensor(rows: rows) + 0
  }

  private func attendToPrefix(
    _ x: RowBuffer, _ rows: Int, _ work: NodeStepWork, _ step: NodeStep
  ) {
    guard let input = maps.input else { return }
    if evaluations == caches.count {
      caches.append(AttentionCache(channels: cell.shape.innerChannels))
    }
    let cache = caches[evaluations]
    input(x, rows: rows, into: work.triple)
    cache.reserve(step.cachedRows + rows, keeping: step.cachedRows)
    cache.store(work.triple, from: cell.shape.innerChannels, at: step.cells)
    attention(
      work.triple, groups: step.groups, cache: cache, lists: step.prefixes, scratch: work.scratch,
      into: work.context)
  }

  private func attendToSource(
    _ x: RowBuffer, _ rows: Int, _ work: NodeStepWork, _ step: NodeStep
  ) {
    maps.sourceQuery(x, rows: rows, into: work.query)
    attention(
      work.query, groups: step.groups, cache: memory, lists: step.sources, scratch: work.scratch,
      into: work.context, observe: step.observe)
  }
}
