extension Lane {
  /// Chooses the length of the next attempt, or ends the lane.
  mutating func prepare<State>(_ plan: SolvePlan<State>, callsPerStep: Int) {
    applyLimits(plan, callsPerStep: callsPerStep)
    if outcome != nil { return }
    if coasting > 0 { return prepareCoasting(plan) }
    let options = plan.options
    if !step.isFinite { step = options.minStep }
    step = min(max(step, options.minStep), options.maxStep)
    guard time + step > time else {
      outcome = lastWasNotFinite && !plan.isCompatible ? .notFinite : .stepTooSmall
      return
    }
    unshortened = step
    length = step
    end = time + step
    endSource = .moving
    isOnStepTime = shorten(to: plan.stepTimes, index: nextStepTime, plan)
    if shorten(to: plan.jumpTimes, index: nextJumpTime, plan) {
      isOnStepTime = false
      isOnJumpTime = true
    } else {
      isOnJumpTime = false
    }
    if !plan.isCompatible { clip(plan) }
  }

  /// Ends the step at the next forced time if that lies inside it.
  private mutating func shorten<State>(
    to times: [Double], index: Int, _ plan: SolvePlan<State>
  ) -> Bool {
    guard index < times.count else { return false }
    let forced = times[index]
    // torchdiffeq looks strictly inside the step that was proposed. Elsewhere a step that would stop a rounding error short of the
    // forced time goes there too, and of a step time and a jump time the earlier comes first.
    let isInside =
      plan.isCompatible ? forced < time + step : forced <= end + 1e-13 * abs(end)
    guard time < forced && isInside else { return false }
    end = forced
    length = forced - time
    endSource = .constant
    return true
  }

  /// Ends the step at the end of the interval if that lies inside it or a rounding error beyond.
  private mutating func clip<State>(_ plan: SolvePlan<State>) {
    let last = plan.end
    guard end >= last - 100 * max(abs(last), abs(time)).ulp else { return }
    if end > last { (isOnStepTime, isOnJumpTime) = (false, false) }
    end = last
    length = last - time
    endSource = .output(plan.times.count - 1)
  }

  private mutating func prepareCoasting<State>(_ plan: SolvePlan<State>) {
    (isOnStepTime, isOnJumpTime) = (false, false)
    length = (plan.end - time) / Double(coasting)
    end = time + length
    endSource = .moving
    if coasting == 1 {
      end = plan.end
      endSource = .output(plan.times.count - 1)
    }
    step = length
    unshortened = length
    if !(end > time) { outcome = limit }
  }

  /// Ends the lane, or sets it to coast, when steps or evaluations run out.
  private mutating func applyLimits<State>(_ plan: SolvePlan<State>, callsPerStep: Int) {
    let options = plan.options
    guard coasting == 0 else { return }
    let steps =
      plan.isCompatible ? stepsSinceOutput : statistics.accepted + statistics.rejected
    var reserve = 0
    if case .coast(let count) = options.limitPolicy, plan.end.isFinite { reserve = max(count, 1) }
    // A reserve that fills the whole budget leaves no adaptive step: coast from the start.
    let isOutOfSteps = steps >= options.maxSteps - min(reserve, options.maxSteps)
    let needed = (1 + reserve) * callsPerStep
    let isOutOfCalls =
      options.maxEvaluations != Int.max
      && statistics.evaluations + needed > options.maxEvaluations
    guard isOutOfSteps || isOutOfCalls else { return }
    limit = isOutOfSteps ? .stepLimit : .evaluationLimit
    if reserve > 0 { coasting = reserve } else { outcome = limit }
  }

  /// Decides about the attempt and chooses the next step.
  ///
  /// - Returns: whether the step is accepted.
  mutating func decide<State>(
    ratio: Double, isFinite: Bool, factor: Double?, _ plan: SolvePlan<State>, order: Int
  ) -> Bool {
    let options = plan.options
    if coasting > 0 {
      if !isFinite { outcome = .notFinite }
      return isFinite
    }
    var ratio = ratio
    var isAccepted = ratio <= 1
    if plan.isCompatible {
      if length > options.maxStep { isAccepted = false }
      if length <= options.minStep { isAccepted = true }
    } else if !isFinite || ratio.isNaN {
      isAccepted = false
      ratio = .infinity
      if length <= options.minStep { outcome = .notFinite }
    } else if length <= options.minStep {
      isAccepted = true
    }
    lastWasNotFinite = !isAccepted && ratio == .infinity
    let wanted =
      factor
      ?? options.controller.factor(
        ratio: ratio, order: order, memory: memory, wasAccepted: isAccepted)
    step = length * wanted
    if isAccepted {
      memory.accept(ratio)
      // A step cut short to meet a forced time says little about the next one.
      if !plan.isCompatible && length < unshortened { step = max(step, unshortened) }
    }
    if step < options.minStep { step = options.minStep }
    if step > options.maxStep { step = options.maxStep }
    return isAccepted
  }
}
