/// The right-hand side of `dy/dt = f(t, y)`.
///
/// A field must be a function: the same time and state give the same derivative during the whole
/// solve, its gradient included. A field with randomness draws it once for each solve, never inside
/// `evaluate`: noise between calls looks like a large error to the step control and makes gradients
/// meaningless.
public protocol VectorField<State> {
  /// What is integrated.
  associatedtype State: ODEState

  /// Computes the derivative of the state.
  ///
  /// - Parameters:
  ///   - time: the time; one for each sequence where the sequences of a batch have steps of their
  ///     own.
  ///   - state: the state.
  ///   - derivative: receives the derivative; holds a state of the same shape with unspecified
  ///     contents.
  func evaluate(at time: FieldTime, _ state: State, into derivative: inout State)
}

/// A field that can take a gradient back from its result to its state, its time and everything else
/// it reads.
public protocol DifferentiableField<State>: VectorField {
  /// What an evaluation keeps for its pullback, such as activations; `Void` where the pullback
  /// needs nothing.
  associatedtype Residual = Void

  /// Everything the field reads besides time and state: parameters, the output of another network.
  /// Each receives its gradient.
  ///
  /// Only shapes are read from these.
  var inputs: [State] { get }

  /// Computes the derivative of the state and keeps what the pullback will need.
  func evaluateForPullback(
    at time: FieldTime, _ state: State, into derivative: inout State
  ) -> Residual

  /// Adds the gradient of `<cotangent, f(t, y; inputs)>` to the wanted parts of `gradient`.
  func pullback(
    _ cotangent: State, at time: FieldTime, _ state: State, residual: Residual,
    into gradient: inout FieldGradient<State>)
}

extension DifferentiableField where Residual == Void {
  /// Computes the derivative of the state; nothing is kept.
  public func evaluateForPullback(
    at time: FieldTime, _ state: State, into derivative: inout State
  ) {
    evaluate(at: time, state, into: &derivative)
  }
}

/// Where a pullback adds gradients; parts that are not wanted must be left alone.
public struct FieldGradient<State: ODEState> {
  /// The gradient of the state.
  public var state: State {
    get { known ?? shape.zeros() }
    _modify {
      // Moved out and back, so that whoever adds to it is its only owner.
      var value = known ?? shape.zeros()
      known = nil
      yield &value
      known = value
    }
  }

  /// The gradient of the state where any has been added.
  private(set) var known: State?
  private let shape: State
  /// The gradient of each input, in the order of ``DifferentiableField/inputs``.
  public var inputs: [State]
  /// The gradient of each time.
  public var times: [Double]
  /// Whether gradients of the inputs are wanted.
  public let wantsInputs: Bool
  /// Whether gradients of the times are wanted.
  public let wantsTimes: Bool

  /// Makes gradients to be added to, usually zeros.
  public init(
    state: State, inputs: [State] = [], times: [Double] = [0], wantsInputs: Bool = true,
    wantsTimes: Bool = false
  ) {
    self.init(
      adding: state, like: state, inputs: inputs, times: times, wantsInputs: wantsInputs,
      wantsTimes: wantsTimes)
  }

  /// Makes gradients to be added to.
  ///
  /// - Parameters:
  ///   - known: the gradient of the state so far; nil stands for zeros that need no memory.
  ///   - shape: a state of the same shape.
  init(
    adding known: State?, like shape: State, inputs: [State], times: [Double], wantsInputs: Bool,
    wantsTimes: Bool
  ) {
    self.known = known
    self.shape = shape
    self.inputs = inputs
    self.times = times
    self.wantsInputs = wantsInputs
    self.wantsTimes = wantsTimes
  }

  /// Adds to the gradient of the state; the first part is taken as it is.
  public mutating func addToState(_ part: State) {
    if known == nil { known = part } else { state.add(part, times: [1]) }
  }
}
