import Fairline
import FairlineODE
import FairlineTensor

/// One NODE layer: the solve of `dy/dt = f(t, y)` over the unit of depth of each of its pieces.
struct NodeLayer: Sendable {
  /// The weights of each piece of depth.
  let cells: [NodeCell]
  /// The layer's path, under which its statistics are recorded.
  let name: String
  let settings: NodeSettings
  let gradient: GradientScheme

  /// Makes the weights: those of a single piece stand where a classic layer's stand.
  init(
    _ space: ParameterSpace, name: String, _ shape: NodeCellShape, _ settings: NodeSettings,
    _ gradient: GradientScheme
  ) {
    self.name = name
    self.settings = settings
    self.gradient = gradient
    let count = settings.nodeWeightPieces
    cells = (0..<count).map {
      NodeCell(count == 1 ? space : space.part("pieces.\($0)"), shape)
    }
  }

  /// The interval of depth of one piece, in the unit in which a piece of a solve over 0 to 1 is 1.
  func times(ofPiece piece: Int, scheme: SolveScheme) -> [Double] {
    let times = settings.nodeTs
    guard cells.count > 1 else { return times }
    let count = Double(cells.count)
    let (first, last) = (times[0], times[times.count - 1])
    let width = last - first
    let start = first + width * Double(piece) / count
    let end = first + width * Double(piece + 1) / count
    let inner = times.filter { ($0 - start) * ($0 - end) < 0 }
    return ([start] + inner + [end]).map { $0 * count }
  }

  /// Integrates through all pieces.
  ///
  /// - Parameter state: `[token, channel]`
  /// - Returns: the state at the last output time. `[token, channel]`
  func callAsFunction(
    _ state: Tensor, _ around: NodeSurroundings, _ scheme: SolveScheme, _ pass: ForwardPass
  ) -> Tensor {
    var state = state
    var used = 0
    for piece in cells.indices {
      let solve = NodeSolve(
        layer: self, piece: piece, around: around, scheme: scheme, usedEvaluations: used)
      state = solve.run(from: state, pass)
      used += solve.evaluations
    }
    if around.weights != nil, let cell = cells.last {
      // The weights belong to the state that the solve has reached.
      var around = around
      around.time = cell.shape.readsTime ? Tensor([Float(settings.nodeTs.last ?? 1)]) : nil
      _ = cell.derivative(state.detached, around, ForwardPass.evaluation())
    }
    return state
  }
}
