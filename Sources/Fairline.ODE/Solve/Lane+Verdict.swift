extension Lane {
  /// Accepts or rejects a step that errors have no say in: it only has to be finite.
  mutating func decide<State>(isFinite: Bool, _ plan: SolvePlan<State>) {
    isAccepted = isFinite || plan.grid != nil && plan.rules.acceptsAnyFixedStep
    if !isAccepted { outcome = .notFinite }
  }

  /// Accepts or rejects a step by its error, and chooses the next one.
  ///
  /// - Parameter factor: the next step as a factor of this one; nil asks the step controller.
  mutating func decide<State>(
    _ error: StepError, factor: Double?, order: Int, _ plan: SolvePlan<State>
  ) {
    let verdict = plan.rules.judge(error, length: aim.length, bounds: plan.bounds)
    isAccepted = verdict.isAccepted
    lastWasNotFinite = verdict.isNotFinite
    let wanted =
      factor
      ?? plan.options.controller.factor(
        ratio: verdict.ratio, order: order, memory: memory, wasAccepted: isAccepted)
    step = aim.length * wanted
    if isAccepted {
      memory.accept(verdict.ratio)
      // A step cut short to meet a forced time says little about the next one.
      if aim.length < uncut { step = plan.rules.stepAfterShort(step, uncut: uncut) }
    }
    step = plan.bounds.clamp(step)
    if verdict.isHopeless { breakOff(.notFinite, plan) }
  }
}
