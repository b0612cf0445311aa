/// A function of time and state whose zero ends a solve.
public struct Event<State> {
  /// Which changes of sign count.
  public typealias Crossing = EventCrossing

  /// The derivatives of the function by time and by state.
  public typealias Gradient = (_ t: Double, _ y: State) -> (time: Double, state: State)

  /// The function.
  public let value: (_ t: Double, _ y: State) -> Double
  /// Its derivatives; needed for gradients of what depends on the event.
  public let gradient: Gradient?
  /// Which changes of sign count.
  public let crossing: Crossing

  /// Makes an event.
  public init(
    crossing: Crossing = .any, gradient: Gradient? = nil,
    _ value: @escaping (_ t: Double, _ y: State) -> Double
  ) {
    self.value = value
    self.gradient = gradient
    self.crossing = crossing
  }
}

/// Which changes of an event function's sign count.
public enum EventCrossing: Sendable {
  /// Both.
  case any
  /// From negative to positive.
  case rising
  /// From positive to negative.
  case falling
}

/// Where an event ended a solve.
public struct EventRecord<State> {
  /// The number of the event among those of the options.
  public let index: Int
  /// The time of the event.
  public let time: Double
  /// The state at that time.
  public let state: State
}
