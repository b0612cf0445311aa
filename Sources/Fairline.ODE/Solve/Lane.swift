/// The progress of what is stepped together: the whole state, or one sequence of a batch.
struct Lane {
  /// The number of the sequence in the original batch; 0 for a whole state.
  let sequence: Int
  /// The time reached.
  var time: Double
  /// The next step to try, where errors choose.
  var step = 0.0
  /// The error ratios of the last steps.
  var memory = ControllerMemory()
  /// The number of the next step of a grid, counted from 1.
  var place = 1
  /// The first output time that has not been passed.
  var nextOutput = 1
  var nextStepTime = 0
  var nextJumpTime = 0
  /// Steps tried since the last output time.
  var stepsSinceOutput = 0
  var statistics = SolveStatistics()
  var outcome: Outcome?
  /// Equal steps that remain of the rest of the interval, once steps chosen by error have ended.
  var coasting = 0
  /// Why the lane is coasting.
  var reason: Outcome?
  /// Whether the last rejection came from a number that was not finite.
  var lastWasNotFinite = false
  /// What the time at the start of the step depends on.
  var source = TimeSource.output(0)
  /// Whether the slope at the start was evaluated there, not carried from the step before.
  var isFresh = true

  // The attempt under way.
  /// Where it ends.
  var aim = StepAim()
  /// Its length before it was shortened to end at a forced time.
  var uncut = 0.0
  var isAccepted = false

  init(sequence: Int, time: Double) {
    self.sequence = sequence
    self.time = time
  }

  /// Moves to the end of an accepted step.
  mutating func passEnd() {
    time = aim.end
    place += 1
    isFresh = false
    if aim.source != .moving { source = aim.source }
    if coasting > 0 { coasting -= 1 }
    if aim.isStepTime { nextStepTime += 1 }
    if aim.isJumpTime { nextJumpTime += 1 }
  }
}
