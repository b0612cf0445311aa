/// The time at which a field is evaluated: one for the whole state, or one for each sequence of a
/// batch.
public struct FieldTime: Sendable {
  /// One time, or the time of each sequence that is in the state.
  public internal(set) var values: [Double]

  /// Which sequences of the original batch are in the state, in order; empty where the state is
  /// whole.
  ///
  /// Sequences that have reached the end of their interval leave the computation, so a field that
  /// reads something of each sequence besides the state picks it by these numbers.
  public internal(set) var sequences: [Int]

  /// The time of a state that is whole.
  public init(_ value: Double) {
    values = [value]
    sequences = []
  }

  /// The times of some sequences of a batch.
  public init(values: [Double], sequences: [Int]) {
    self.values = values
    self.sequences = sequences
  }

  /// The one time of the whole state.
  public var value: Double {
    precondition(
      values.count == 1,
      "each sequence has its own time here: read `values`, or control the batch as a whole")
    return values[0]
  }
}
