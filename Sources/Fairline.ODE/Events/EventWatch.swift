/// Watches the signs of event functions from step to step.
struct EventWatch<State: ODEState> {
  /// Where in a step an event lies.
  struct Place {
    /// The number of the event.
    let index: Int
    /// The fraction of the step.
    let fraction: Double
  }

  /// An event that changed its sign in a step.
  struct Candidate {
    let index: Int
    /// The sign before the step.
    let sign: Double
  }

  private let events: [Event<State>]
  private var signs: [Double]
  private let rules: any SolveRules

  init(_ events: [Event<State>], at time: Double, _ state: State, rules: any SolveRules) {
    self.events = events
    self.rules = rules
    signs = events.map { Self.sign($0.value(time, state)) }
  }

  private static func sign(_ value: Double) -> Double { value > 0 ? 1 : value < 0 ? -1 : 0 }

  /// The first event that is exactly zero.
  func zero(at time: Double, _ state: State) -> Int? {
    events.firstIndex { $0.value(time, state) == 0 }
  }

  /// The events that changed their sign since the last call.
  mutating func crossings(at time: Double, _ state: State) -> [Candidate] {
    var found: [Candidate] = []
    for (index, event) in events.enumerated() {
      let now = Self.sign(event.value(time, state))
      let before = signs[index]
      if rules.crosses(event.crossing, from: before, to: now) {
        found.append(Candidate(index: index, sign: before))
      }
      signs[index] = rules.sign(after: before, now)
    }
    return found
  }

  /// The first crossing in the step, by bisection: the middle of the last bracket.
  ///
  /// - Parameters:
  ///   - candidates: the events that changed their sign, at least one.
  ///   - length: the length of the step.
  ///   - tolerance: how narrow the bracket must become.
  ///   - time: the time at a fraction of the step.
  ///   - state: the state there.
  func locate(
    _ candidates: [Candidate], length: Double, tolerance: Double, time: (Double) -> Double,
    state: (Double) -> State
  ) -> Place {
    var (low, high) = (0.0, 1.0)
    var index = candidates[0].index
    for _ in 0..<halvings(of: length, to: tolerance, limit: 200) {
      let middle = (low + high) / 2
      let (t, y) = (time(middle), state(middle))
      let crossed = candidates.first {
        Self.sign(events[$0.index].value(t, y)) != $0.sign
      }
      if let crossed {
        high = middle
        index = crossed.index
      } else {
        low = middle
      }
    }
    return Place(index: index, fraction: (low + high) / 2)
  }
}
