extension SolveRun {
  /// What has been computed.
  func solution() -> Solution<State> {
    let ordered = finished.sorted { $0.sequence < $1.sequence }
    var statistics = SolveStatistics()
    for lane in ordered { statistics.add(lane.statistics) }
    statistics.evaluations = machine.evaluations
    statistics.timeRange = machine.timeRange
    let reached = ordered.map(\.time).min() ?? plan.times[0]
    var solution = Solution(
      times: plan.userTimes, states: outputs.states.map { $0 ?? lastState },
      outcome: ordered.compactMap(\.outcome).first { !$0.isSuccess }
        ?? ordered.first?.outcome ?? .finished,
      reached: plan.direction * reached, statistics: statistics, event: event, dense: dense)
    if sequencing != nil {
      solution.sequences = ordered.map {
        Solution.Sequence(
          outcome: $0.outcome ?? .finished, reached: plan.direction * $0.time,
          statistics: $0.statistics)
      }
    }
    return solution
  }
}
