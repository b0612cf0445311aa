/// Gathers the states at the output times, of the whole state or sequence by sequence.
struct OutputCollector<State: ODEState> {
  private(set) var states: [State?]
  private let takeSequence: ((State, Int) -> State)?
  private let putSequence: ((inout State, Int, State, Int) -> Void)?

  /// Collects whole states.
  init(count: Int) {
    states = Array(repeating: nil, count: count)
    takeSequence = nil
    putSequence = nil
  }

  /// Collects the sequences of a batch.
  init(count: Int, batch: State) where State: SequenceState {
    states = Array(repeating: batch, count: count)
    takeSequence = { $0.selecting([$1]) }
    putSequence = { $0.replace([$1], from: $2, [$3]) }
  }

  /// Stores a whole state, or sequence `lane` of it as `sequence` of the batch.
  mutating func store(_ state: State, at output: Int, lane: Int, sequence: Int) {
    if let putSequence {
      guard var batch = states[output] else { return }
      states[output] = nil
      putSequence(&batch, sequence, state, lane)
      states[output] = batch
    } else {
      states[output] = state
    }
  }

  /// Stores the state inside a step: the start plus the step times a sum of slopes.
  mutating func store(
    _ sum: SlopeSum, of machine: StepMachine<State>, at output: Int, lane: Int, sequence: Int
  ) {
    guard let takeSequence else {
      store(machine.inside(sum), at: output, lane: lane, sequence: sequence)
      return
    }
    let base = takeSequence(machine.points[0], lane)
    var result = base
    result.assign(
      LinearSum(
        base: base, terms: sum.picks.map { takeSequence(machine.slopes[$0], lane) },
        picks: Array(sum.picks.indices), weights: sum.weights, scale: [machine.steps[lane]]))
    store(result, at: output, lane: 0, sequence: sequence)
  }
}

extension StepMachine {
  /// The start plus the step times a sum of slopes.
  func inside(_ sum: SlopeSum) -> State {
    var result = points[0].zeros()
    result.assign(
      LinearSum(
        base: points[0], terms: slopes, picks: sum.picks, weights: sum.weights, scale: steps))
    return result
  }
}
