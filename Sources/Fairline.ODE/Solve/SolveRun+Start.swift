extension SolveRun {
  /// Evaluates the first slope and chooses the first steps, where errors choose steps.
  mutating func startByError() {
    if plan.times.count == 1 && !plan.rules.evaluatesSingleTime { return }
    if let watch, plan.rules.eventsEndAtStart,
      let index = watch.zero(at: plan.userTimes[0], machine.points[0])
    {
      return finish(event: index, at: plan.userTimes[0], machine.points[0])
    }
    machine.reserve(points: 2, slopes: 2)
    machine.setAll(from: lanes, lengths: lanes.map { _ in 0 }, direction: plan.direction)
    evaluateStart()
    if let step = plan.options.firstStep {
      for index in lanes.indices { lanes[index].step = step }
    } else if machine.fault == nil {
      chooseFirstSteps()
    }
    for index in lanes.indices {
      lanes[index].step = plan.rules.firstStep(
        lanes[index].step, interval: plan.end - plan.times[0])
      lanes[index].statistics.firstStep = lanes[index].step
      lanes[index].nextStepTime =
        plan.stepTimes.firstIndex { $0 > plan.times[0] } ?? plan.stepTimes.count
      lanes[index].nextJumpTime =
        plan.jumpTimes.firstIndex { $0 > plan.times[0] } ?? plan.jumpTimes.count
    }
  }

  /// Evaluates the slope at the start of the next step.
  mutating func evaluateStart() {
    let traces = machine.isTracing
    machine.isTracing = false
    machine.evaluate(point: 0, node: 0, into: 0)
    machine.isTracing = traces
    machine.carriedCount = 1
    recorder?.noteStart()
    for index in lanes.indices { lanes[index].statistics.evaluations += 1 }
  }

  private mutating func chooseFirstSteps() {
    let y = machine.points[0]
    let sizes = norms(LinearSum(y), y)
    let slopes = norms(LinearSum(machine.slopes[0]), y)
    let choices = zip(sizes, slopes).map { InitialStep<State.Scalar>(state: $0, slope: $1) }
    machine.setAll(
      from: lanes, lengths: choices.map { Double($0.probe) }, direction: plan.direction)
    for (lane, choice) in choices.enumerated() {
      machine.ends[lane] = plan.rules.probeEnd(
        from: machine.starts[lane], by: State.Scalar(plan.direction) * choice.probe)
    }
    let traces = machine.isTracing
    machine.isTracing = false
    machine.combine(into: 1, SlopeSum([1]), isStage: true)
    machine.evaluate(point: 1, node: 1, into: 1)
    machine.isTracing = traces
    recorder?.dropProbe()
    for index in lanes.indices { lanes[index].statistics.evaluations += 1 }
    let difference = LinearSum(terms: machine.slopes, picks: [0, 1], weights: [-1, 1])
    for (index, change) in norms(difference, y).enumerated() {
      lanes[index].step = choices[index].step(change: change, order: order)
    }
  }

  /// The norm for each lane, with tolerances by the state `y` alone.
  private mutating func norms(_ sum: LinearSum<State>, _ y: State) -> [Double] {
    sequencing == nil
      ? [meter.whole(sum, first: y, second: y).ratio]
      : meter.byPart(sum, first: y, second: y).map(\.ratio)
  }
}

extension StepMachine {
  /// Sets the step of every lane, given in ascending time.
  mutating func setAll(from lanes: [Lane], lengths: [Double], direction: Double) {
    for (index, lane) in lanes.enumerated() {
      let start = direction * lane.time
      setStep(
        lane: index, from: start, to: start + direction * lengths[index],
        length: direction * lengths[index])
    }
  }
}
