import Fairline
import FairlineODE
import FairlineTensor

extension NodeSolve {
  /// Records what a solve cost, and lets the batch be refused where its limits say so.
  func note(_ solution: Solution<TensorState>, _ pass: ForwardPass) {
    let statistics = solution.statistics
    evaluations = statistics.evaluations
    lastAccepted = solution.sequences.map(\.statistics.accepted).max() ?? statistics.accepted
    pass.record(Double(statistics.evaluations), at: "\(name).evaluations")
    if solution.sequences.isEmpty {
      record(statistics, solution.outcome, pass)
    } else {
      for sequence in solution.sequences { record(sequence.statistics, sequence.outcome, pass) }
    }
    guard pass.isTraining else { return scheme.tally.add(solution.outcome) }
    guard !solution.outcome.isSuccess else { return }
    let reason = "\(name) \(solution.outcome)\(settings.limit(of: solution.outcome))"
    switch settings.nodeOnLimit {
    case .coast:
      // Equal steps that are fixed beforehand are judged by the loss, as those of classic layers.
      guard solution.outcome == .notFinite, !scheme.isRegular else { return }
      pass.refuse(BatchRefusal(reason, wish: .skip))
    case .skip: pass.refuse(BatchRefusal(reason, wish: .skip))
    case .postpone: pass.refuse(BatchRefusal(reason, wish: .postpone))
    }
  }

  /// Records the steps of the batch, or of one sequence of it.
  private func record(_ statistics: SolveStatistics, _ outcome: Outcome, _ pass: ForwardPass) {
    pass.record(Double(statistics.accepted), at: "\(name).accepted")
    pass.record(Double(statistics.rejected), at: "\(name).rejected")
    pass.record(outcome.isSuccess ? 0 : 1, at: "\(name).unfinished")
    pass.record(outcome.brokeOff ? 1 : 0, at: "\(name).brokenOff")
    guard statistics.accepted > 0 else { return }
    pass.record(statistics.shortestStep, at: "\(name).shortestStep")
    pass.record(statistics.longestStep, at: "\(name).longestStep")
    pass.record(statistics.largestError, at: "\(name).largestError")
  }

  /// The state that training goes on with: the last one, or none where a fixed grid left the finite
  /// numbers, so that the loss tells.
  ///
  /// - Returns: `[token, channel]`
  func usableState(of solution: Solution<TensorState>) -> Tensor {
    let final = solution.final.tensor
    guard solution.outcome == .notFinite, scheme.isRegular else { return final }
    return Tensor(repeating: .nan, shape: final.shape)
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
