import FairlineODE
import FairlineModels
import FairlineTensor

/// The vector field of new rows only: the rows before them are in the caches of each evaluation.
///
/// On a fixed grid an explicit method evaluates the field at the same stages in every step of a
/// search, so that the n-th evaluation of a solve always sees the n-th evaluation of the solves
/// before it.
struct NodeStepField: VectorField {
  let cell: NodeStepCell
  let work: NodeStepWork
  let step: NodeStep
  let depth: Double

  func evaluate(at time: FieldTime, _ state: TensorState, into derivative: inout TensorState) {
    derivative = TensorState(
      cell.derivative(state.tensor, time: time.value / depth, work, step))
  }
}

/// A layer prepared for single steps: the solves of its pieces over new rows.
final class NodeStepLayer {
  private let layer: NodeLayer
  private let cells: [NodeStepCell]
  private let scheme: SolveScheme
  private let separated: SeparatedStep?

  init(
    _ layer: NodeLayer, _ maps: [NodeStepMaps], _ scheme: SolveScheme, source: RowBuffer,
    rows: Int, separated: SeparatedAttention?
  ) {
    self.layer = layer
    self.scheme = scheme
    cells = zip(layer.cells, maps).map { NodeStepCell($0, $1, source: source, rows: rows) }
    self.separated = separated.map(SeparatedStep.init)
  }

  /// Takes new rows through the layer. `[row, channel]`
  func run(_ states: Tensor, _ work: NodeStepWork, _ step: NodeStep) -> Tensor {
    var states = states
    var quiet = step
    quiet.observe = nil
    if let separated { states = separated.before(states, work, step) }
    for (piece, cell) in cells.enumerated() {
      cell.evaluations = 0
      let field = NodeStepField(
        cell: cell, work: work, step: quiet, depth: Double(cells.count))
      do {
        let solution = try solve(
          field, from: TensorState(states),
          over: layer.times(ofPiece: piece, scheme: scheme), with: scheme.solver,
          options: scheme.options(pieces: cells.count, used: 0))
        scheme.tally.add(solution.outcome)
        states = solution.final.tensor
      } catch {
        preconditionFailure("a solve that was checked beforehand could not be made: \(error)")
      }
    }
    if step.observe != nil, let cell = cells.last {
      _ = cell.derivative(states, time: layer.settings.nodeTs.last ?? 1, work, step)
    }
    return separated?.after(states) ?? states
  }
}

/// The self-attention of a separated layer, with its cache.
final class SeparatedStep {
  private let part: SeparatedAttention
  private let cache: AttentionCache
  private let input, output: InferenceLinear
  private let attention: StepAttention

  init(_ part: SeparatedAttention) {
    self.part = part
    let map = part.attention
    cache = AttentionCache(channels: map.channels)
    input = InferenceLinear(weight: map.input.weight.value, bias: map.input.bias.value)
    output = InferenceLinear(weight: map.output.weight.value, bias: map.output.bias?.value)
    attention = StepAttention(heads: map.heads, channels: map.channels)
  }

  /// The self-attention before the solve. `[row, channel]`
  func before(_ states: Tensor, _ work: NodeStepWork, _ step: NodeStep) -> Tensor {
    let rows = states.shape[0]
    let channels = part.attention.channels
    // A composed field that reads the time is wider than the state: its buffers do not fit here.
    let (stream, normal, triple, context, branch) = (
      RowBuffer(columns: channels, capacity: rows), RowBuffer(columns: channels, capacity: rows),
      RowBuffer(columns: 3 * channels, capacity: rows),
      RowBuffer(columns: channels, capacity: rows), RowBuffer(columns: channels, capacity: rows)
    )
    stream.copy(states)
    if part.normalizesBefore { part.attentionNorm(stream, rows: rows, into: normal) }
    input(part.normalizesBefore ? normal : stream, rows: rows, into: triple)
    cache.reserve(step.cachedRows + rows, keeping: step.cachedRows)
    cache.store(triple, from: channels, at: step.cells)
    attention(
      triple, groups: step.groups, cache: cache, lists: step.prefixes, scratch: work.scratch,
      into: context)
    output(
      context, rows: rows, addedTo: stream,
      norm: part.normalizesBefore ? nil : part.attentionNorm, scratch: branch)
    return stream.tensor(rows: rows)
  }

  /// What follows the solve. `[row, channel]`
  func after(_ states: Tensor) -> Tensor { part.after(states, ForwardPass.evaluation()) }
}
