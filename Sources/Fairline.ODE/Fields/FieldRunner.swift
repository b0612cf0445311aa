/// Evaluates a field for a step machine, whatever the field's type, and counts.
protocol FieldRunner<State>: AnyObject {
  associatedtype State: ODEState

  func evaluate(at time: FieldTime, _ state: State, into derivative: inout State)
}

/// Evaluates a field and nothing more.
final class PlainRunner<Field: VectorField>: FieldRunner {
  private let field: Field

  init(_ field: Field) { self.field = field }

  func evaluate(at time: FieldTime, _ state: Field.State, into derivative: inout Field.State) {
    field.evaluate(at: time, state, into: &derivative)
  }
}

/// A runner that keeps what each evaluation leaves for its pullback.
protocol RecordingRunner<State>: FieldRunner {
  /// The number of evaluations kept.
  var evaluationCount: Int { get }

  /// Forgets the evaluations from number `index` on.
  func forget(from index: Int)

  /// Adds the gradient of evaluation `index`.
  func pullback(
    _ cotangent: State, evaluation index: Int, _ state: State,
    into gradient: inout FieldGradient<State>)

  /// Evaluates once more and adds the gradient of that.
  func pullback(
    _ cotangent: State, at time: FieldTime, _ state: State,
    into gradient: inout FieldGradient<State>)
}

/// Keeps residuals of a differentiable field in the order of its evaluations.
final class ReplayRunner<Field: DifferentiableField>: RecordingRunner {
  typealias State = Field.State

  private let field: Field
  private var times: [FieldTime] = []
  private var residuals: [Field.Residual] = []

  init(_ field: Field) { self.field = field }

  var evaluationCount: Int { residuals.count }

  func forget(from index: Int) {
    times.removeSubrange(index...)
    residuals.removeSubrange(index...)
  }

  func evaluate(at time: FieldTime, _ state: State, into derivative: inout State) {
    times.append(time)
    residuals.append(field.evaluateForPullback(at: time, state, into: &derivative))
  }

  func pullback(
    _ cotangent: State, evaluation index: Int, _ state: State,
    into gradient: inout FieldGradient<State>
  ) {
    field.pullback(
      cotangent, at: times[index], state, residual: residuals[index], into: &gradient)
  }

  func pullback(
    _ cotangent: State, at time: FieldTime, _ state: State,
    into gradient: inout FieldGradient<State>
  ) {
    var derivative = state.zeros()
    let residual = field.evaluateForPullback(at: time, state, into: &derivative)
    field.pullback(cotangent, at: time, state, residual: residual, into: &gradient)
  }
}
