extension SolveReversal {
  /// Adds gradients by start and length of the step to those of the times they depend on.
  mutating func addTimes(_ record: StepRecord<State>) {
    for lane in record.startSources.indices {
      var start = reversal.starts[lane]
      let length = reversal.lengths[lane]
      if record.endSources[lane] != .moving { start -= length }
      credit(start, to: record.startSources[lane])
      credit(length, to: record.endSources[lane])
    }
  }

  /// Adds gradients by the starts of the steps before to those of the times they depend on.
  mutating func addPastTimes(before index: Int) {
    for (back, gradient) in reversal.pastStarts.enumerated() where index - back - 1 >= 0 {
      credit(gradient, to: records[index - back - 1].startSources[0])
    }
  }

  private mutating func credit(_ gradient: Double, to source: TimeSource) {
    switch source {
    case .output(let output): times[output] += gradient
    case .between(let fraction):
      times[0] += (1 - fraction) * gradient
      times[times.count - 1] += fraction * gradient
    case .moving, .constant: break
    }
  }
}
