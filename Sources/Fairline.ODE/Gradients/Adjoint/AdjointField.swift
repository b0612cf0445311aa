/// The adjoint equation as a field: `dy/dt = f`, `da/dt = -a df/dy`, and the same for time and
/// inputs.
struct AdjointField<Field: DifferentiableField>: VectorField {
  typealias State = AdjointState<Field.State>

  let field: Field

  func evaluate(at time: FieldTime, _ state: State, into derivative: inout State) {
    let residual = field.evaluateForPullback(
      at: time, state.state, into: &derivative.state)
    // Gradients are linear in the cotangent: its sign saves negating them all.
    let cotangent = state.adjoint.zeros().adding(state.adjoint, times: -1)
    var gradient = FieldGradient(
      adding: nil, like: state.adjoint, inputs: derivative.inputs.map { $0.zeros() }, times: [0],
      wantsInputs: !derivative.inputs.isEmpty, wantsTimes: state.hasTime)
    field.pullback(cotangent, at: time, state.state, residual: residual, into: &gradient)
    derivative.adjoint = gradient.state
    derivative.inputs = gradient.inputs
    derivative.time = gradient.times.first ?? 0
  }
}
