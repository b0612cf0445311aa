/// A field given by a closure.
public struct ClosureField<State: ODEState>: VectorField {
  private let body: (Double, State, inout State) -> Void

  /// Makes a field whose closure writes the derivative in place.
  public init(inPlace body: @escaping (_ t: Double, _ y: State, _ dy: inout State) -> Void) {
    self.body = body
  }

  /// Makes a field whose closure returns the derivative.
  public init(_ body: @escaping (_ t: Double, _ y: State) -> State) {
    self.body = { t, y, dy in dy = body(t, y) }
  }

  /// Calls the closure.
  public func evaluate(at time: FieldTime, _ state: State, into derivative: inout State) {
    body(time.value, state, &derivative)
  }
}

/// A differentiable field given by two closures: the field, and its vector-Jacobian products.
public struct DifferentiableClosureField<State: ODEState>: DifferentiableField {
  /// Adds the gradient of `<cotangent, f(t, y)>` to `gradient`.
  public typealias Pullback = (
    _ cotangent: State, _ t: Double, _ y: State, _ gradient: inout FieldGradient<State>
  ) -> Void

  /// Everything the closures read besides time and state.
  public let inputs: [State]
  private let body: (Double, State) -> State
  private let back: Pullback

  /// Makes a field from its value and its pullback.
  public init(
    inputs: [State] = [], _ body: @escaping (_ t: Double, _ y: State) -> State,
    pullback: @escaping Pullback
  ) {
    self.inputs = inputs
    self.body = body
    back = pullback
  }

  /// Calls the closure.
  public func evaluate(at time: FieldTime, _ state: State, into derivative: inout State) {
    derivative = body(time.value, state)
  }

  /// Calls the pullback.
  public func pullback(
    _ cotangent: State, at time: FieldTime, _ state: State, residual: Void,
    into gradient: inout FieldGradient<State>
  ) {
    back(cotangent, time.value, state, &gradient)
  }
}
