import Fairline
import FairlineModels
import FairlineODE
import FairlineTensor

extension NodeSolve {
  /// Adds the squared error of one step, drawn from those of the last solve, to the loss.
  func addErrorPenalty(
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
}
