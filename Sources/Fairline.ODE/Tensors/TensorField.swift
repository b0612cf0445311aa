public import FairlineTensor

/// A field made of tensor operations; its pullback comes from their tape.
///
/// Gradients reach the state, the time and the tensors declared as `inputs`. Parameters that the
/// closure reads through its pass receive theirs directly, in their own gradient memory, when the
/// gradient is exact (replay or backpropagation); the continuous adjoint needs them declared as
/// inputs.
public struct TensorField: DifferentiableField {
  /// Computes the derivative of the state.
  ///
  /// - Parameters:
  ///   - time: `[1]`, or `[sequence]` where the sequences of a batch have steps of their own.
  ///   - state: the state, as a tensor.
  ///   - inputs: the declared inputs, in order.
  ///   - context: which sequences are in the state, and the pass that layers need.
  public typealias Body = (
    _ time: Tensor, _ state: Tensor, _ inputs: [Tensor], _ context: Context
  ) -> Tensor

  /// What an evaluation can know besides its numbers.
  public struct Context {
    /// The pass that layers read their parameters and dropout masks from; it draws the same masks
    /// in every evaluation of a solve.
    public let pass: ForwardPass
    /// The time in double precision, which tells both sides of a jump apart.
    public let time: FieldTime
    /// The rows of each sequence that is in the state.
    public let segments: Segments?
    /// Which sequences of the original batch those are; empty where the batch is whole.
    public let sequences: [Int]
  }

  /// What an evaluation keeps for its pullback.
  public struct Residual {
    var tape: Tape { recording.tape }
    let recording: Recording
    let time: Tensor
    let state: Tensor
    let inputs: [Tensor]
    let result: Tensor
  }

  /// Frees what an evaluation recorded, also when nobody asks for its pullback: the last stage of
  /// an accepted step for example.
  final class Recording {
    let tape: Tape

    init(_ tape: Tape) { self.tape = tape }

    deinit { tape.discard() }
  }

  /// The declared inputs.
  public let inputs: [TensorState]
  private let isTraining: Bool
  private let random: RandomSource
  private let body: Body

  /// Makes a field.
  ///
  /// - Parameters:
  ///   - inputs: every tensor that the closure reads and that is to receive a gradient.
  ///   - isTraining: whether dropout and the like are on.
  ///   - random: where masks come from. Each evaluation begins with it anew, so a solve has one
  ///     mask for each place.
  ///   - body: computes the derivative.
  public init(
    inputs: [Tensor] = [], isTraining: Bool = false, random: RandomSource = RandomSource(seed: 0),
    _ body: @escaping Body
  ) {
    self.inputs = inputs.map { TensorState($0) }
    self.isTraining = isTraining
    self.random = random
    self.body = body
  }

  private func context(_ time: FieldTime, _ state: TensorState, tape: Tape?) -> Context {
    Context(
      pass: ForwardPass(isTraining: isTraining, tape: tape, random: random), time: time,
      segments: state.segments, sequences: time.sequences)
  }

  private func tensor(_ time: FieldTime) -> Tensor { Tensor(time.values.map { Float($0) }) }

  /// Computes the derivative of the state.
  public func evaluate(
    at time: FieldTime, _ state: TensorState, into derivative: inout TensorState
  ) {
    let result = body(
      tensor(time), state.tensor, inputs.map(\.tensor), context(time, state, tape: nil))
    derivative = Self.derivative(result, state)
  }

  /// Computes the derivative of the state on a tape of its own.
  public func evaluateForPullback(
    at time: FieldTime, _ state: TensorState, into derivative: inout TensorState
  ) -> Residual {
    let tape = Tape()
    let (t, y) = (tape.watch(tensor(time)), tape.watch(state.tensor))
    let watched = inputs.map { tape.watch($0.tensor) }
    let result = body(t, y, watched, context(time, state, tape: tape))
    derivative = Self.derivative(result, state)
    return Residual(
      recording: Recording(tape), time: t, state: y, inputs: watched, result: result)
  }

  /// Adds the gradient of `<cotangent, f(t, y; inputs)>`.
  public func pullback(
    _ cotangent: TensorState, at time: FieldTime, _ state: TensorState, residual: Residual,
    into gradient: inout FieldGradient<TensorState>
  ) {
    guard residual.result.isDifferentiable else { return }
    let tape = residual.tape
    precondition(
      tape.operationCount > 0,
      "a solve of tensors that kept its stages gives its gradient once: use replay to ask again")
    tape.goBack(from: residual.result, seed: cotangent.tensor)
    if let part = tape.gradient(of: residual.state) {
      gradient.addToState(TensorState(part, segments: state.segments))
    }
    if gradient.wantsInputs {
      for (index, input) in residual.inputs.enumerated() {
        guard let part = tape.gradient(of: input) else { continue }
        gradient.inputs[index].add(TensorState(part), times: [1])
      }
    }
    if gradient.wantsTimes, let part = tape.gradient(of: residual.time) {
      for (index, value) in part.scalars.enumerated() { gradient.times[index] += Double(value) }
    }
  }

  /// A result as a state; one of another shape is left to the solver to refuse.
  private static func derivative(_ result: Tensor, _ state: TensorState) -> TensorState {
    TensorState(result, segments: result.shape == state.shape ? state.segments : nil)
  }
}
