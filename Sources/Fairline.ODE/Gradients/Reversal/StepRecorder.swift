/// Keeps the accepted steps of a solve.
final class StepRecorder<State: ODEState> {
  private(set) var records: [StepRecord<State>] = []
  /// Whether whole steps are kept, stages and all, so that nothing is computed again.
  let keepsMachines: Bool
  /// The most states kept; steps between them are computed again.
  private let checkpointLimit: Int
  private var stride = 1
  private var pending: StepRecord<State>?
  private var firstEvaluation = 0
  private var startEvaluation: Int?
  private let replay: (any RecordingRunner<State>)?

  init(
    keepsMachines: Bool, checkpointLimit: Int = .max, replay: (any RecordingRunner<State>)? = nil
  ) {
    self.keepsMachines = keepsMachines
    self.checkpointLimit = max(checkpointLimit, 1)
    self.replay = replay
  }

  /// Notes that the slope at the start of the next step has been evaluated.
  func noteStart() {
    if keepsMachines, let replay { startEvaluation = replay.evaluationCount - 1 }
  }

  /// Forgets the evaluation that served to choose the first step.
  func dropProbe() {
    if keepsMachines, let replay { replay.forget(from: replay.evaluationCount - 1) }
  }

  /// Notes where a step begins.
  func beginStep(
    _ machine: StepMachine<State>, lanes: [Lane], stepper: any Stepper<State>,
    interpolation: FixedInterpolation = .own
  ) {
    pending = StepRecord(
      sequences: machine.time.sequences, starts: machine.starts, ends: machine.ends,
      steps: machine.steps, endsJustBefore: machine.endsJustBefore,
      startsJustAfter: machine.startsJustAfter, startSources: lanes.map(\.source),
      endSources: lanes.map(\.aim.source), isFresh: lanes.map(\.isFresh),
      isAfterJump: lanes.contains { $0.isFresh && $0.statistics.accepted > 0 },
      hasStartSlope: machine.hasStartSlope && machine.carriedCount > 0, stepper: stepper,
      state: machine.points[0], carried: Array(machine.slopes.prefix(machine.carriedCount)))
    pending?.interpolation = interpolation
    if lanes.contains(where: \.isFresh) { pending?.startEvaluation = startEvaluation }
    firstEvaluation = replay?.evaluationCount ?? 0
  }

  /// Forgets a rejected step.
  func dropStep(_ machine: inout StepMachine<State>) {
    pending = nil
    guard keepsMachines else { return }
    replay?.forget(from: firstEvaluation)
    machine.trace.clear()
    // A slope that the rejected step evaluated at its start has been forgotten with it.
    if machine.carriedCount == 0 { machine.hasStartSlope = false }
  }

  func noteDenseOutput(_ curve: DensePolynomial) { pending?.curves.append(curve) }

  func noteInside(output: Int, lane: Int, fraction: Double, isEvent: Bool = false) {
    pending?.inside.append(
      .init(output: output, lane: lane, fraction: fraction, isEvent: isEvent))
  }

  func noteEnd(output: Int, lane: Int) {
    pending?.atEnd.append(.init(output: output, lane: lane))
  }

  /// Keeps an accepted step, or the part of it that was accepted.
  func keepStep(
    _ machine: StepMachine<State>, lanes: [Lane], accepted: [Int], result: StepResult,
    _ sequencing: Sequencing<State>?
  ) {
    guard var record = pending else { return }
    pending = nil
    if let sequencing, accepted.count < lanes.count { record.select(accepted, sequencing) }
    if keepsMachines {
      record.machine = machine
      record.machine?.firstEvaluation = firstEvaluation
      record.result = result
    }
    records.append(record)
    thin()
  }

  /// Drops every other state once there are too many.
  private func thin() {
    let last = records.count - 1
    if last % stride != 0 {
      records[last].dropState()
      return
    }
    guard last / stride >= checkpointLimit else { return }
    stride *= 2
    for index in records.indices where index % stride != 0 { records[index].dropState() }
  }
}

extension StepRecord {
  fileprivate mutating func dropState() {
    state = nil
    carried = []
  }

  /// Keeps some lanes only.
  fileprivate mutating func select(_ lanes: [Int], _ sequencing: Sequencing<State>) {
    sequences = lanes.map { sequences[$0] }
    starts = lanes.map { starts[$0] }
    ends = lanes.map { ends[$0] }
    steps = lanes.map { steps[$0] }
    endsJustBefore = lanes.map { endsJustBefore[$0] }
    startSources = lanes.map { startSources[$0] }
    endSources = lanes.map { endSources[$0] }
    isFresh = lanes.map { isFresh[$0] }
    state = state.map { sequencing.select($0, lanes) }
    carried = carried.map { sequencing.select($0, lanes) }
    func place(_ lane: Int) -> Int { lanes.firstIndex(of: lane) ?? 0 }
    inside = inside.map {
      Inside(
        output: $0.output, lane: place($0.lane), fraction: $0.fraction, isEvent: $0.isEvent)
    }
    atEnd = atEnd.map { AtEnd(output: $0.output, lane: place($0.lane)) }
  }
}
