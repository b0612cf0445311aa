import CFairlineKernels

/// An ``AdaptiveSoftmax`` for inference: packed once, applied into buffers without a tape.
///
/// Search asks for all symbols, so every band is computed for every row.
public struct InferenceAdaptiveSoftmax: Sendable {
  private let bands: SymbolBands
  private let head: InferenceLinear
  private let tails: [(map: InferenceLinear, table: InferenceLinear)]

  /// Packs the weights.
  public init(_ softmax: AdaptiveSoftmax, _ weights: InferenceWeights) {
    bands = softmax.bands
    head = weights.linear(stacking: softmax.head)
    tails = softmax.tails.map { tail in
      // What the embeddings share is never rounded.
      let map =
        tail.isTransposed
        ? InferenceLinear(weight: tail.map.value.transposed(), bias: nil)
        : weights.linear(tail.map, bias: nil)
      return (map, weights.linear(tail.table, bias: nil))
    }
  }

  /// The number of symbols.
  public var symbolCount: Int { bands.symbolCount }

  /// Bytes of the packed weights.
  public var byteCount: Int {
    tails.reduce(head.byteCount) { $0 + $1.map.byteCount + $1.table.byteCount }
  }

  /// Computes the logarithms of all symbols' probabilities.
  ///
  /// - Parameters:
  ///   - states: `[row, channel]`
  ///   - first: the first row of `states` that is read.
  ///   - result: `[row, vocabulary]`
  public func callAsFunction(
    _ states: RowBuffer, from first: Int = 0, rows: Int, into result: RowBuffer
  ) {
    precondition(result.columns == symbolCount, "the buffers do not fit the bands")
    let frequent = bands.ranges[0].count
    let choice = RowBuffer(columns: head.outputs, capacity: rows)
    head(states, from: first, rows: rows, into: choice)
    Parallel.rows(rows, columns: head.outputs) { range in
      for row in range {
        let scores = choice.row(row)
        fl_log_softmax(scores, scores, 1, Int64(head.outputs))
        result.row(row).update(from: scores, count: frequent)
      }
    }
    for (number, tail) in tails.enumerated() {
      let narrow = RowBuffer(columns: tail.map.outputs, capacity: rows)
      tail.map(states, from: first, rows: rows, into: narrow)
      let within = RowBuffer(columns: tail.table.outputs, capacity: rows)
      tail.table(narrow, rows: rows, into: within)
      let (place, columns) = (bands.ranges[number + 1].lowerBound, Int64(within.columns))
      Parallel.rows(rows, columns: within.columns) { range in
        for row in range {
          let own = result.row(row) + place
          fl_log_softmax(own, within.row(row), 1, columns)
          fl_add_scalar(own, own, choice.row(row)[frequent + number], columns)
        }
      }
    }
  }
}
