extension TorchdiffeqRules {
  /// The first step may be longer than the interval.
  func firstStep(_ step: Double, interval: Double) -> Double { step }

  /// A forced time counts when it lies strictly inside the proposed step.
  ///
  /// A jump time goes before a step time, wherever both lie. The end of the interval is stepped
  /// over.
  func aim(_ step: Double, from time: Double, at targets: StepTargets) -> StepAim {
    var aim = StepAim(end: time + step, length: step)
    func isInside(_ forced: Double) -> Bool { time < forced && forced < time + step }
    if let forced = targets.stepTime, isInside(forced) {
      aim.shorten(to: forced, from: time)
      aim.isStepTime = true
    }
    if let forced = targets.jumpTime, isInside(forced) {
      aim.shorten(to: forced, from: time)
      (aim.isStepTime, aim.isJumpTime) = (false, true)
    }
    return aim
  }

  /// A solve is over once a step has passed the last output time; a search for an event never is.
  func isOver(at time: Double, end: Double, outputsLeft: Int, watchesEvents: Bool) -> Bool {
    outputsLeft <= 0 && !watchesEvents
  }

  /// One point is added before rounding up, so that rounding may add a step of no length.
  func stepCount(over interval: Double, length: Double) -> Double {
    max((interval / length + 1).rounded(.up) - 1, 1)
  }

  /// The error alone decides, also where it is no number, unless the step is too long or too short.
  func judge(_ error: StepError, length: Double, bounds: StepBounds) -> Verdict {
    let isShort = length <= bounds.least
    let isAccepted = error.ratio <= 1 && length <= bounds.most
    return Verdict(isAccepted: isShort || isAccepted, ratio: error.ratio)
  }

  /// The step grows again from the short one.
  func stepAfterShort(_ step: Double, uncut: Double) -> Double { step }

  /// The state is looked at where a step begins.
  var checksStarts: Bool { true }

  /// Nobody looks at the states of fixed steps.
  var acceptsAnyFixedStep: Bool { true }

  /// Steps chosen by error are counted from one output time to the next.
  func countedSteps(of lane: Lane, onGrid: Bool) -> Int {
    onGrid ? lane.statistics.accepted : lane.stepsSinceOutput
  }

  /// The search for an event gives up after 20,000 fixed steps.
  func stepLimit(_ wanted: Int, isEndless: Bool, onGrid: Bool) -> Int {
    if onGrid && isEndless { return min(wanted, 20_000) }
    return StandardRules().stepLimit(wanted, isEndless: isEndless, onGrid: onGrid)
  }
}
