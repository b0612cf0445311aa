/// The times that a step must not pass.
struct StepTargets {
  /// The next time at which a step has to end.
  var stepTime: Double?
  /// The next time at which a step has to end because the field jumps there.
  var jumpTime: Double?
  /// The end of the interval.
  var end: Double
  /// The number of the last output time, which is the end.
  var lastOutput: Int
}

/// Where a step ends.
struct StepAim {
  var end = 0.0
  var length = 0.0
  /// What the end depends on.
  var source = TimeSource.moving
  var isStepTime = false
  var isJumpTime = false

  /// Ends the step earlier, at a forced time.
  mutating func shorten(to forced: Double, from time: Double) {
    end = forced
    length = forced - time
    source = .constant
  }
}

extension SolveRules {
  /// Of a step time and a jump time the earlier comes first; a step that would stop a rounding
  /// error short of one goes there too, and no step goes beyond the end.
  func aim(_ step: Double, from time: Double, at targets: StepTargets) -> StepAim {
    var aim = StepAim(end: time + step, length: step)
    func reaches(_ forced: Double) -> Bool {
      time < forced && forced <= aim.end + 1e-13 * abs(aim.end)
    }
    if let forced = targets.stepTime, reaches(forced) {
      aim.shorten(to: forced, from: time)
      aim.isStepTime = true
    }
    if let forced = targets.jumpTime, reaches(forced) {
      aim.shorten(to: forced, from: time)
      (aim.isStepTime, aim.isJumpTime) = (false, true)
    }
    let last = targets.end
    guard aim.end >= last - 100 * max(abs(last), abs(time)).ulp else { return aim }
    if aim.end > last { (aim.isStepTime, aim.isJumpTime) = (false, false) }
    (aim.end, aim.length, aim.source) = (last, last - time, .output(targets.lastOutput))
    return aim
  }
}
