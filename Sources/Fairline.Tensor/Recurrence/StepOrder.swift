/// The order in which recurrent layers take the rows of packed sequences: step by step, in each
/// step the sequences that are long enough, long ones first.
///
/// The sequences of a step are the first ones of the step before, so that no row is computed for
/// padding.
public struct StepOrder: Sendable {
  /// The sequence of each slot: long ones first, equally long ones in their order. `[slot]`
  public let sequences: [Int]
  /// The packed row of each place; the places of a step are its slots. `[place]`
  public let rows: [Int32]
  /// The first place of each step, and at the end the number of rows.
  public let starts: [Int]

  /// Orders the rows of sequences.
  ///
  /// - Parameter isReversed: whether sequences are read from their ends.
  public init(_ segments: Segments, isReversed: Bool = false) {
    let lengths = segments.lengths
    sequences = lengths.indices.sorted { (-lengths[$0], $0) < (-lengths[$1], $1) }
    var rows: [Int32] = []
    rows.reserveCapacity(segments.tokenCount)
    var starts = [0]
    for step in 0..<segments.longest {
      for sequence in sequences {
        guard step < lengths[sequence] else { break }
        let place = isReversed ? lengths[sequence] - 1 - step : step
        rows.append(Int32(segments.offsets[sequence] + place))
      }
      starts.append(rows.count)
    }
    (self.rows, self.starts) = (rows, starts)
  }

  /// The number of steps.
  public var stepCount: Int { starts.count - 1 }

  /// The places of a step.
  public func places(of step: Int) -> Range<Int> { starts[step]..<starts[step + 1] }

  /// The place of each slot in its last step; -1 for empty sequences. `[slot]`
  package var lastPlaces: [Int] {
    var last = [Int](repeating: -1, count: sequences.count)
    for step in 0..<stepCount {
      for (slot, place) in places(of: step).enumerated() { last[slot] = place }
    }
    return last
  }

  /// For each row of the packed sequences, its place. `[row]`
  public var placesOfRows: [Int32] {
    var places = [Int32](repeating: 0, count: rows.count)
    for (place, row) in rows.enumerated() { places[Int(row)] = Int32(place) }
    return places
  }
}
