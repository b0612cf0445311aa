/// The result of a solve.
public struct Solution<State: ODEState> {
  /// How one sequence of a batch fared, where sequences have steps of their own.
  public struct Sequence {
    /// How its solve ended.
    public let outcome: Outcome
    /// The time it reached.
    public let reached: Double
    /// What it cost; `evaluations` counts calls of the field that it took part in.
    public let statistics: SolveStatistics
  }

  /// The output times.
  public internal(set) var times: [Double]
  /// The state at each output time; the last state reached where a time was not.
  public internal(set) var states: [State]
  /// How the solve ended; with steps by sequence, the first outcome that is no success.
  public internal(set) var outcome: Outcome
  /// The time that was reached.
  public internal(set) var reached: Double
  /// What the solve cost; with steps by sequence, `evaluations` counts calls of the field with any
  /// number of sequences.
  public internal(set) var statistics: SolveStatistics
  /// The event that ended the solve.
  public internal(set) var event: EventRecord<State>?
  /// One entry for each sequence of the batch, where sequences have steps of their own.
  public internal(set) var sequences: [Sequence] = []
  /// The solution at all times, when the options keep it.
  public internal(set) var dense: DenseSolution<State>?

  /// The state at the last output time.
  public var final: State { states[states.count - 1] }
}
