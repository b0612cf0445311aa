/// The progress of what is stepped together: the whole state, or one sequence of a batch.
struct Lane {
  /// The number of the sequence in the original batch; 0 for a whole state.
  let sequence: Int
  /// The time reached.
  var time: Double
  /// The next step to try.
  var step = 0.0
  /// The error ratios of the last steps.
  var memory = ControllerMemory()
  /// The first output time that has not been passed.
  var nextOutput = 1
  var nextStepTime = 0
  var nextJumpTime = 0
  /// Steps tried since the last output time.
  var stepsSinceOutput = 0
  var statistics = SolveStatistics()
  var outcome: Outcome?
  /// Equal steps that remain of the rest of the interval, once the budget is used up.
  var coasting = 0
  /// Why the lane is coasting.
  var limit: Outcome?
  /// Whether the last rejection came from a number that was not finite.
  var lastWasNotFinite = false
  /// What the time at the start of the step depends on.
  var source = TimeSource.output(0)
  /// Whether the slope at the start was evaluated there, not carried from the step before.
  var isFresh = true

  // The attempt under way.
  var end = 0.0
  var length = 0.0
  var endSource = TimeSource.moving
  var isOnStepTime = false
  var isOnJumpTime = false
  /// The step before it was shortened to end at a forced time.
  var unshortened = 0.0

  init(sequence: Int, time: Double) {
    self.sequence = sequence
    self.time = time
  }
}
