extension Lane {
  /// Chooses where the next attempt ends, or ends the lane.
  mutating func prepare<State>(_ plan: SolvePlan<State>, callsPerStep: Int) {
    if let grid = plan.grid { return follow(grid, plan, callsPerStep: callsPerStep) }
    if coasting == 0 { checkLimits(plan, callsPerStep: callsPerStep) }
    if outcome == nil && coasting == 0 { aimByError(plan) }
    if outcome == nil && coasting > 0 { coast(plan) }
  }

  /// Gives up steps chosen by error: the rest of the interval is coasted over, or left out.
  mutating func breakOff<State>(_ why: Outcome, _ plan: SolvePlan<State>) {
    guard plan.coastSteps > 0, coasting == 0 else { return outcome = why }
    reason = why
    coasting = plan.coastSteps
  }

  /// Breaks off when steps or evaluations run out.
  private mutating func checkLimits<State>(_ plan: SolvePlan<State>, callsPerStep: Int) {
    // A reserve that fills the whole budget leaves no step chosen by error: coast from the start.
    let reserve = plan.coastSteps
    let steps = plan.rules.countedSteps(of: self, onGrid: plan.grid != nil)
    if steps >= plan.maxSteps - min(reserve, plan.maxSteps) {
      return breakOff(.stepLimit, plan)
    }
    let budget = plan.options.maxEvaluations
    guard budget != .max else { return }
    let (needed, isTooMuch) = callsPerStep.multipliedReportingOverflow(by: 1 + reserve)
    if isTooMuch || needed > max(budget, 0) - statistics.evaluations {
      breakOff(.evaluationLimit, plan)
    }
  }

  /// Goes to the next point of the grid.
  private mutating func follow<State>(
    _ grid: FixedGrid, _ plan: SolvePlan<State>, callsPerStep: Int
  ) {
    guard let point = grid.end(ofStep: place, from: time) else { return outcome = .finished }
    checkLimits(plan, callsPerStep: callsPerStep)
    if outcome != nil { return }
    guard point.time > time || grid.isLast(place) else { return outcome = .stepTooSmall }
    aim = StepAim(end: point.time, length: point.time - time, source: point.source)
    uncut = aim.length
  }

  /// Tries the step that the last errors ask for.
  private mutating func aimByError<State>(_ plan: SolvePlan<State>) {
    if !step.isFinite { step = plan.options.minStep }
    step = plan.bounds.clamp(step)
    guard time + step > time else {
      return breakOff(lastWasNotFinite ? .notFinite : .stepTooSmall, plan)
    }
    func next(_ times: [Double], _ index: Int) -> Double? {
      index < times.count ? times[index] : nil
    }
    uncut = step
    aim = plan.rules.aim(
      step, from: time,
      at: StepTargets(
        stepTime: next(plan.stepTimes, nextStepTime), jumpTime: next(plan.jumpTimes, nextJumpTime),
        end: plan.end, lastOutput: plan.times.count - 1))
  }

  /// Takes an equal share of the rest of the interval.
  private mutating func coast<State>(_ plan: SolvePlan<State>) {
    let length = (plan.end - time) / Double(coasting)
    aim = StepAim(end: time + length, length: length)
    if coasting == 1 {
      aim.end = plan.end
      aim.source = .output(plan.times.count - 1)
    }
    (step, uncut) = (length, length)
    if !(aim.end > time) { outcome = reason }
  }
}
