import Fairline
import FairlineModels
import FairlineODE
import FairlineTensor

/// The solve of one piece of a layer on one batch, as one operation of the pass' tape.
final class NodeSolve {
  private let layer: NodeLayer
  private let piece: Int
  private let around: NodeSurroundings
  private let scheme: SolveScheme
  private let usedEvaluations: Int
  /// What the field was evaluated so far, as the solver counts it.
  private(set) var evaluations = 0

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

  private var cell: NodeCell { layer.cells[piece] }
  private var settings: NodeSettings { layer.settings }
  private var wantsEnergy: Bool { settings.nodeKineticWeight > 0 }

  private var name: String {
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

  private func makeField(
    _ source: RandomSource, parameters: [Parameter], _ pass: ForwardPass, withEnergy: Bool
  ) -> TensorField {
    let memory = around.memory.map { settings.nodeDetachEncoder ? $0.detached : $0 }
    let inputs = [memory].compactMap(\.self) + parameters.map(\.value)
    let (cell, around, dropout) = (cell, around, settings.nodeDropout)
    let depth = Float(layer.cells.count)
    let channels = cell.shape.layer.channels
    var draws = source
    return TensorField(
      inputs: inputs, isTraining: pass.isTraining && dropout != .off, random: source
    ) { _, state, inputs, context in
      var own = context.pass
      if dropout == .resampled {
        own = ForwardPass(
          isTraining: own.isTraining, tape: own.tape,
          random: RandomSource(seed: source.key, update: Int(truncatingIfNeeded: draws.stream())))
      }
      for (parameter, tensor) in zip(parameters, inputs.dropFirst(memory == nil ? 0 : 1)) {
        own.substitute(tensor, for: parameter)
      }
      var near = around
      near.segments = context.segments ?? around.segments
      near.weights = nil
      if memory != nil { near.memory = inputs[0] }
      if !context.sequences.isEmpty { near.choose(context.sequences) }
      near.time = Self.time(context, near.segments, depth: depth, isRead: cell.shape.readsTime)
      guard withEnergy else { return cell.derivative(state, near, own) }
      let slope = cell.derivative(state.sliced(0..<channels, along: 1), near, own)
      return NodePenalty.withEnergy(slope)
    }
  }

  /// The time as a fraction of depth: one number, or one for each token.
  private static func time(
    _ context: TensorField.Context, _ segments: Segments, depth: Float, isRead: Bool
  ) -> Tensor? {
    guard isRead else { return nil }
    let times = context.time.values.map { Float($0) / depth }
    guard times.count > 1 || segments.count == times.count else { return Tensor(times) }
    return Tensor(
      (0..<segments.count).flatMap { Array(repeating: times[$0], count: segments.length($0)) })
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
    let memory = [around.memory].compactMap(\.self)
    let count = result.solution.states.count
    let (name, segments) = (name, around.segments)
    let detaches = settings.nodeDetachEncoder && !memory.isEmpty
    return tape.operation(
      outputs: [result.solution.final.tensor],
      inputs: [state] + memory + parameters.map(pass.value(of:))
    ) { [weak pass] gradients in
      guard let gradient = gradients[0] else { return [nil] + field.inputs.map { _ in nil } }
      var cotangents = [TensorState?](repeating: nil, count: count)
      cotangents[count - 1] = TensorState(gradient, segments: segments)
      let back = Self.attempt { try result.gradients(of: cotangents) }
      pass?.record(Double(back.statistics.pullbacks), at: "\(name).backwardEvaluations")
      pass?.record(back.statistics.outcome.isSuccess ? 0 : 1, at: "\(name).backwardUnfinished")
      var parts: [Tensor?] = [back.initialState.tensor] + back.inputs.map(\.tensor)
      if detaches { parts[1] = nil }
      return parts
    }[0]
  }

  private func options() -> SolveOptions<TensorState> {
    scheme.options(pieces: layer.cells.count, used: usedEvaluations)
  }

  /// Records what a solve cost, and lets the batch be refused where its limits say so.
  private func note(_ solution: Solution<TensorState>, _ pass: ForwardPass) {
    let statistics = solution.statistics
    evaluations = statistics.evaluations
    lastAccepted = solution.sequences.map(\.statistics.accepted).max() ?? statistics.accepted
    pass.record(Double(statistics.evaluations), at: "\(name).evaluations")
    if solution.sequences.isEmpty {
      record(statistics, solution.outcome, pass)
    } else {
      for sequence in solution.sequences { record(sequence.statistics, sequence.outcome, pass) }
    }
    guard pass.isTraining, !solution.outcome.isSuccess else { return }
    let reason = "\(name) \(solution.outcome)\(settings.limit(of: solution.outcome))"
    switch settings.nodeOnLimit {
    case .coast: break
    case .skip: pass.refuse(BatchRefusal(reason, wish: .skip))
    case .postpone: pass.refuse(BatchRefusal(reason, wish: .postpone))
    }
  }

  /// Records the steps of the batch, or of one sequence of it.
  private func record(_ statistics: SolveStatistics, _ outcome: Outcome, _ pass: ForwardPass) {
    pass.record(Double(statistics.accepted), at: "\(name).accepted")
    pass.record(Double(statistics.rejected), at: "\(name).rejected")
    pass.record(outcome.isSuccess ? 0 : 1, at: "\(name).unfinished")
    guard statistics.accepted > 0 else { return }
    pass.record(statistics.shortestStep, at: "\(name).shortestStep")
    pass.record(statistics.longestStep, at: "\(name).longestStep")
    pass.record(statistics.largestError, at: "\(name).largestError")
  }

  private func addErrorPenalty(
    from state: Tensor, _ source: RandomSource, over times: [Double], _ pass: ForwardPass
  ) {
    let step = (times[times.count - 1] - times[0]) / Double(max(lastAccepted, 1))
    let index = Int(pass.random.uniform() * Double(max(lastAccepted, 1)))
    let field = makeField(source, parameters: [], pass, withEnergy: false)
    let begin = times[0] + Double(index) * step
    var start = state.detached
    if index > 0 {
      start =
        attempt {
          try solve(
            field, from: TensorState(start, segments: around.segments), over: [times[0], begin],
            with: scheme.solver, options: options())
        }.final.tensor
    }
    let error = NodePenalty.stepError(
      solver: scheme.solver, from: start, at: begin, step: step
    ) { time, state in
      var near = around
      near.weights = nil
      near.time =
        cell.shape.readsTime ? Tensor([Float(time) / Float(layer.cells.count)]) : nil
      let own = ForwardPass(
        isTraining: settings.nodeDropout != .off, tape: pass.tape, random: source)
      return cell.derivative(state, near, own)
    }
    let penalty = error.squared().mean(along: 1).sum()  // [1]
    pass.addLoss(penalty * Float(settings.nodeErrorWeight), name: "step_error")
  }

  private var lastAccepted = 0

  private func attempt<Result>(_ body: () throws -> Result) -> Result { Self.attempt(body) }

  /// Runs a solve whose settings were checked when the model was made.
  private static func attempt<Result>(_ body: () throws -> Result) -> Result {
    do {
      return try body()
    } catch {
      preconditionFailure("a solve that was checked beforehand could not be made: \(error)")
    }
  }
}

extension NodeSettings {
  /// The flag that set the limit at which a solve ended, for messages.
  fileprivate func limit(of outcome: Outcome) -> String {
    switch outcome {
    case .evaluationLimit: " (--node-max-evaluations \(nodeMaxEvaluations))"
    case .stepLimit: " (--node-max-num-steps \(nodeMaxNumSteps))"
    default: ""
    }
  }
}
