/// The state of the adjoint equation: what it integrates backwards in time.
struct AdjointState<Base: ODEState>: ODEState {
  typealias Scalar = Base.Scalar

  /// The adjoint of time: minus the gradient by the times passed.
  var time: Double
  /// The state of the solve.
  var state: Base
  /// The gradient by the state.
  var adjoint: Base
  /// The gradients by the inputs: integrals that nothing reads on the way.
  var inputs: [Base]
  /// Whether time takes part, in the equation and in its error.
  let hasTime: Bool
  /// Whether errors of the inputs' gradients control the step.
  let controlsInputs: Bool

  var count: Int { 1 + state.count + adjoint.count + inputs.reduce(0) { $0 + $1.count } }

  func hasShape(of other: AdjointState) -> Bool {
    state.hasShape(of: other.state) && adjoint.hasShape(of: other.adjoint)
      && inputs.count == other.inputs.count
      && zip(inputs, other.inputs).allSatisfy { $0.hasShape(of: $1) }
  }

  func zeros() -> AdjointState {
    AdjointState(
      time: 0, state: state.zeros(), adjoint: adjoint.zeros(), inputs: inputs.map { $0.zeros() },
      hasTime: hasTime, controlsInputs: controlsInputs)
  }

  mutating func assign(_ sum: LinearSum<AdjointState>) {
    state.assign(sum.members { $0.state })
    adjoint.assign(sum.members { $0.adjoint })
    if sum.purpose == .stage { return }
    if hasTime { time = sum.time() }
    for index in inputs.indices { inputs[index].assign(sum.members { $0.inputs[index] }) }
  }

  mutating func add(_ other: AdjointState, times factor: [Double]) {
    time += factor[0] * other.time
    state.add(other.state, times: factor)
    adjoint.add(other.adjoint, times: factor)
    for index in inputs.indices { inputs[index].add(other.inputs[index], times: factor) }
  }

  func measure(
    _ sum: LinearSum<AdjointState>, second: AdjointState, tolerance: Tolerance<AdjointState>,
    into measures: inout [Measure]
  ) {
    if hasTime {
      let scale = tolerance.absolute + tolerance.relative * max(abs(time), abs(second.time))
      let ratio = sum.time() / scale
      measures.append(
        Measure(
          sumOfSquares: ratio * ratio, maximum: abs(ratio), count: 1, isFinite: ratio.isFinite))
    }
    func add(_ part: (AdjointState) -> Base) {
      var own: [Measure] = []
      part(self).measure(
        sum.members(part), second: part(second), tolerance: tolerance.map(part), into: &own)
      measures.append(.together(own))
    }
    add { $0.state }
    add { $0.adjoint }
    guard controlsInputs else { return }
    for index in inputs.indices { add { $0.inputs[index] } }
  }

  mutating func assignScaled(
    _ sum: LinearSum<AdjointState>, first: AdjointState, second: AdjointState,
    tolerance: Tolerance<AdjointState>
  ) {
    preconditionFailure("the adjoint equation is controlled by norms of its parts")
  }

  func appendDots(with other: AdjointState, to products: inout [Double]) {
    products.append(state.dot(other.state) + adjoint.dot(other.adjoint) + time * other.time)
  }

  var isFinite: Bool { time.isFinite && state.isFinite && adjoint.isFinite }
}

extension LinearSum {
  /// The same combination of one member of adjoint states.
  fileprivate func members<Base>(
    _ part: (AdjointState<Base>) -> Base
  ) -> LinearSum<Base> where State == AdjointState<Base> {
    map(part: 0..<1, part)
  }

  /// The same combination of the adjoints of time.
  fileprivate func time<Base>() -> Double where State == AdjointState<Base> {
    var total = 0.0
    for (pick, weight) in zip(picks, weights) { total += weight * terms[pick].time }
    return (base?.time ?? 0) + scale[0] * total
  }
}
