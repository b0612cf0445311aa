import FairlineGeneration
import FairlineODE
import FairlineTensor

/// A layer prepared for single steps: the solves of its pieces over new rows.
final class NodeStepLayer: StepCell {
  private let layer: NodeLayer
  private let cells: [NodeStepCell]
  private let scheme: SolveScheme
  private let separated: SeparatedStep?

  init(
    _ layer: NodeLayer, _ cells: [NodeStepCell], _ scheme: SolveScheme, separated: SeparatedStep?
  ) {
    self.layer = layer
    self.cells = cells
    self.scheme = scheme
    self.separated = separated
  }

  func join(_ sources: EncodedSources) {
    for cell in cells { cell.join(sources) }
  }

  func run(_ states: RowBuffer, _ step: DecoderStep) -> RowBuffer {
    separated?.before(states, step)
    var solved = states.tensor(rows: step.rows)
    for (piece, cell) in cells.enumerated() {
      cell.begin()
      let field = NodeStepField(cell: cell, step: step.unobserved, depth: Double(cells.count))
      do {
        let solution = try solve(
          field, from: TensorState(solved),
          over: layer.times(ofPiece: piece, scheme: scheme), with: scheme.solver,
          options: scheme.options(pieces: cells.count, used: 0))
        scheme.tally.add(solution.outcome)
        solved = solution.final.tensor
      } catch {
        preconditionFailure("a solve that was checked beforehand could not be made: \(error)")
      }
    }
    if step.observe != nil, let cell = cells.last {
      _ = cell.derivative(solved, time: layer.settings.nodeTs.last ?? 1, step)
    }
    states.copy(separated?.after(solved) ?? solved)
    return states
  }
}

/// The vector field of new rows only: the rows before them are in the caches of each evaluation.
///
/// On a fixed grid an explicit method evaluates the field at the same stages in every step of a
/// search, so that the n-th evaluation of a solve always sees the n-th evaluation of the solves
/// before it.
private struct NodeStepField: VectorField {
  let cell: NodeStepCell
  let step: DecoderStep
  let depth: Double

  func evaluate(at time: FieldTime, _ state: TensorState, into derivative: inout TensorState) {
    derivative = TensorState(cell.derivative(state.tensor, time: time.value / depth, step))
  }
}

/// What a separated layer does outside its solve, with the cache of its self-attention.
final class SeparatedStep {
  private let part: SeparatedAttention
  private let attention: CachedAttention
  private let work: StepWork

  init(_ part: SeparatedAttention, _ maps: PreparedAttention, _ work: StepWork) {
    self.part = part
    self.work = work
    attention = CachedAttention(maps, work)
  }

  /// The self-attention before the solve, in place. `[row, channel]`
  func before(_ states: RowBuffer, _ step: DecoderStep) {
    work.subLayer(
      states, rows: step.rows, norm: part.attentionNorm, isBefore: part.normalizesBefore
    ) { x, norm in
      attention.add(x, to: states, norm: norm, step)
    }
  }

  /// What follows the solve. `[row, channel]`
  func after(_ states: Tensor) -> Tensor { part.after(states, ForwardPass.evaluation()) }
}
