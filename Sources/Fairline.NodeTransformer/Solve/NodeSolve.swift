import Fairline
import FairlineModels
import FairlineODE
import FairlineTensor

/// The solve of one piece of a layer on one batch, as one operation of the pass' tape.
final class NodeSolve {
  let layer: NodeLayer
  let piece: Int
  let around: NodeSurroundings
  let scheme: SolveScheme
  private let usedEvaluations: Int
  /// What the field was evaluated so far, as the solver counts it.
  var evaluations = 0
  /// Accepted steps of the last solve; the most of a sequence where they have steps of their own.
  var lastAccepted = 0

  init(
    layer: NodeLayer, piece: Int, around: NodeSurroundings, scheme: SolveScheme,
    usedEvaluations: Int
  ) {
    self.layer = layer
    self.piece = piece
    self.around = around
    self.scheme = scheme
    self.usedEvaluations = usedEvaluations
  }

  var cell: NodeCell { layer.cells[piece] }
  var settings: NodeSettings { layer.settings }
  private var wantsEnergy: Bool { settings.nodeKineticWeight > 0 }

  var name: String {
    layer.cells.count == 1 ? layer.name : "\(layer.name).pieces.\(piece)"
  }

  /// Integrates, records what it cost, and adds penalties in training.
  ///
  /// - Parameter state: `[token, channel]`
  /// - Returns: `[token, channel]`
  func run(from state: Tensor, _ pass: ForwardPass) -> Tensor {
    let source = RandomSource(
      seed: pass.random.key, update: Int(truncatingIfNeeded: pass.random.stream()))
    let times = self.times(pass)
    guard let tape = pass.tape else {
      let field = makeField(source, parameters: [], pass, withEnergy: false)
      return evaluate(field, from: state, over: times, pass)
    }
    let parameters = layer.gradient.needsParameters ? cell.parameters : []
    let withEnergy = wantsEnergy && pass.isTraining
    let field = makeField(source, parameters: parameters, pass, withEnergy: withEnergy)
    let start = withEnergy ? NodePenalty.widened(state) : state
    let result = differentiate(field, parameters, from: start, over: times, tape, pass)
    let channels = state.shape[1]
    if pass.isTraining, settings.nodeErrorWeight > 0 {
      addErrorPenalty(from: state, source, over: times, pass)
    }
    guard withEnergy else { return result }
    let energy = result.sliced(channels..<(channels + 1), along: 1)
    pass.record(Double(energy.mean().scalar), at: "\(name).kineticEnergy")
    pass.addLoss(energy.sum() * Float(settings.nodeKineticWeight), name: "kinetic_energy")
    return result.sliced(0..<channels, along: 1)
  }

  /// The output times; in training the end may vary.
  private func times(_ pass: ForwardPass) -> [Double] {
    var times = layer.times(ofPiece: piece, scheme: scheme)
    let width = settings.nodeRandomEnd
    if pass.isTraining, width > 0, piece == layer.cells.count - 1 {
      times[times.count - 1] += width * (2 * pass.random.uniform() - 1)
    }
    return times
  }

  private func evaluate(
    _ field: TensorField, from state: Tensor, over times: [Double], _ pass: ForwardPass
  ) -> Tensor {
    let solution = attempt {
      try solve(
        field, from: TensorState(state, segments: around.segments), over: times,
        with: scheme.solver, options: options())
    }
    note(solution, pass)
    return solution.final.tensor
  }

  private func differentiate(
    _ field: TensorField, _ parameters: [Parameter], from state: Tensor, over times: [Double],
    _ tape: Tape, _ pass: ForwardPass
  ) -> Tensor {
    let result = attempt {
      try solve(
        field, from: TensorState(state, segments: around.segments), over: times,
        with: scheme.solver, options: options(), gradient: layer.gradient.mode(for: scheme))
    }
    note(result.solution, pass)
    let final = usableState(of: result.solution)
    let memory = [around.memory].compactMap(\.self)
    let count = result.solution.states.count
    let (name, segments) = (name, around.segments)
    let detaches = settings.nodeDetachEncoder && !memory.isEmpty
    return tape.operation(
      outputs: [final],
      inputs: [state] + memory + parameters.map(pass.value(of:))
    ) { [weak pass] gradients in
      guard let gradient = gradients[0] else { return [nil] + field.inputs.map { _ in nil } }
      var cotangents = [TensorState?](repeating: nil, count: count)
      cotangents[count - 1] = TensorState(gradient, segments: segments)
      let back = Self.attempt { try result.gradients(of: cotangents) }
      pass?.record(Double(back.statistics.pullbacks), at: "\(name).pullbacks")
      pass?.record(back.statistics.outcome.isSuccess ? 0 : 1, at: "\(name).backwardUnfinished")
      var parts: [Tensor?] = [back.initialState.tensor] + back.inputs.map(\.tensor)
      if detaches { parts[1] = nil }
      return parts
    }[0]
  }

  func options() -> SolveOptions<TensorState> {
    scheme.options(pieces: layer.cells.count, used: usedEvaluations)
  }

  func attempt<Result>(_ body: () throws -> Result) -> Result { Self.attempt(body) }

  /// Runs a solve whose settings were checked when the model was made.
  private static func attempt<Result>(_ body: () throws -> Result) -> Result {
    do {
      return try body()
    } catch {
      preconditionFailure("a solve that was checked beforehand could not be made: \(error)")
    }
  }
}
