extension SolveReversal {
  /// Outputs that no step reported hold the last state.
  mutating func addUnreached() {
    let lanes = sequencing == nil ? 1 : state.partCount
    var reported = Array(repeating: Set([0]), count: lanes)
    for record in records {
      func sequence(_ lane: Int) -> Int { record.sequences.isEmpty ? 0 : record.sequences[lane] }
      for place in record.inside { reported[sequence(place.lane)].insert(place.output) }
      for place in record.atEnd { reported[sequence(place.lane)].insert(place.output) }
    }
    for (output, cotangent) in cotangents.enumerated() {
      guard let cotangent else { continue }
      guard let sequencing else {
        if !reported[0].contains(output) { state.add(cotangent, times: [1]) }
        continue
      }
      let missing = (0..<lanes).filter { !reported[$0].contains(output) }
      if missing.isEmpty { continue }
      var sum = sequencing.select(state, missing)
      sum.add(sequencing.select(cotangent, missing), times: [1])
      sequencing.replace(&state, missing, sum, Array(missing.indices))
    }
  }

  /// The gradients that later steps and outputs at the end leave at the end of this one.
  mutating func seed(_ record: StepRecord<State>, _ result: StepResult) {
    let lanes = record.sequences
    reversal.points.add(lanes.isEmpty ? state : select(state, lanes), to: result.end)
    for place in record.atEnd {
      guard let cotangent = cotangents[place.output] else { continue }
      reversal.points.add(spread(cotangent, lane: place.lane, record), to: result.end)
    }
    for (index, slope) in result.carried.enumerated() where index < carried.count {
      guard let cotangent = carried[index] else { continue }
      reversal.slopes.add(lanes.isEmpty ? cotangent : select(cotangent, lanes), to: slope)
    }
  }

  mutating func seedInside(_ record: StepRecord<State>, _ curves: [DensePolynomial]) {
    for (index, place) in record.inside.enumerated() {
      guard let cotangent = cotangents[place.output] else { continue }
      let curve = curves[min(index, curves.count - 1)]
      let own = spread(cotangent, lane: place.lane, record)
      let sum = curve.weights(at: place.fraction)
      reversal.addInside(own, sum, machine)
      guard wantsTimes && !place.isEvent else { continue }
      if sum.nodes != nil {
        times[place.output] += reversal.addNodeTimes(own, sum, upTo: place.fraction, machine)
        continue
      }
      // The state moves with the output time, and against start and length of the step.
      let slope = machine.dot(own, curve.derivativeWeights(at: place.fraction))
      times[place.output] += slope
      reversal.addTimes(lane: place.lane, start: -slope, length: -place.fraction * slope)
    }
  }

  func select(_ state: State, _ lanes: [Int]) -> State {
    guard let sequencing, lanes.count < state.partCount else { return state }
    return sequencing.select(state, lanes)
  }

  /// The gradient of an output of one lane, zero for the lanes beside it.
  private func spread(_ cotangent: State, lane: Int, _ record: StepRecord<State>) -> State {
    guard let sequencing else { return cotangent }
    var result = machine.points[0].zeros()
    sequencing.replace(&result, [lane], cotangent, [record.sequences[lane]])
    return result
  }
}

extension StepMachine {
  /// The inner product with a sum of slopes.
  fileprivate func dot(_ state: State, _ sum: SlopeSum) -> Double {
    zip(sum.picks, sum.weights).reduce(0) { $0 + $1.1 * state.dot(slopes[$1.0]) }
  }
}
