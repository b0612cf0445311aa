/// A layer of long short-term memory cells without a tape, packed once and shared by all decoders.
public struct InferenceMemoryCell: Sendable {
  private let input, recurrent: InferenceLinear
  /// Channels of hidden states and cells.
  public let channels: Int

  /// Packs the maps of a layer.
  ///
  /// - Parameters:
  ///   - input: from inputs to gates. `[4 channel, input]`
  ///   - recurrent: from hidden states to gates. `[4 channel, channel]`
  ///   - biases: one for each map. Each `[4 channel]`
  public init(
    input: Parameter, recurrent: Parameter, biases: (input: Parameter, recurrent: Parameter),
    _ weights: InferenceWeights
  ) {
    self.input = weights.linear(input, bias: biases.input)
    self.recurrent = weights.linear(recurrent, bias: biases.recurrent)
    channels = recurrent.shape[1]
  }

  /// Bytes of the weights that every step reads.
  public var byteCount: Int { input.byteCount + recurrent.byteCount }

  /// Buffers of one layer.
  public final class Work {
    fileprivate let gates, sum, all, squashed: RowBuffer

    /// Makes buffers, which take no memory yet.
    public init(channels: Int) {
      gates = RowBuffer(columns: 4 * channels)
      sum = RowBuffer(columns: 4 * channels)
      all = RowBuffer(columns: 4 * channels)
      squashed = RowBuffer(columns: channels)
    }

    fileprivate func reserve(_ rows: Int) {
      for buffer in [gates, sum, squashed] { buffer.reserve(rows) }
    }
  }

  /// One step of each row; hidden states and cells are replaced.
  ///
  /// - Parameters:
  ///   - x: `[row, input]`
  ///   - hidden: `[row, channel]`
  ///   - cell: `[row, channel]`
  public func callAsFunction(
    _ x: RowBuffer, hidden: RowBuffer, cell: RowBuffer, rows: Int, _ work: Work
  ) {
    work.reserve(rows)
    input(x, rows: rows, into: work.gates)
    finish(hidden, cell, rows, work)
  }

  private func finish(_ hidden: RowBuffer, _ cell: RowBuffer, _ rows: Int, _ work: Work) {
    recurrent(hidden, rows: rows, addedTo: work.gates, norm: nil, scratch: work.sum)
    Parallel.rows(rows, columns: 4 * channels) { range in
      let first = range.lowerBound
      MemoryCell.forward(
        work.gates.row(first), before: cell.row(first), cell: cell.row(first),
        squashed: work.squashed.row(first), hidden: hidden.row(first), rows: range.count,
        channels: channels)
    }
  }

  /// Runs over packed sequences, from zeros.
  ///
  /// - Parameters:
  ///   - x: `[token, input]`
  ///   - order: in which rows are taken.
  ///   - states: receives the hidden states. `[token, ...]`
  ///   - column: the first of the columns that they stand in.
  /// - Returns: hidden states and cells after the last steps. Each `[sequence, channel]`
  public func run(
    _ x: RowBuffer, order: StepOrder, into states: RowBuffer, column: Int, _ work: Work
  ) -> (hidden: Tensor, cell: Tensor) {
    let count = order.sequences.count
    let (hidden, cell) = (
      RowBuffer(Tensor.zeros([count, channels])), RowBuffer(Tensor.zeros([count, channels]))
    )
    work.all.reserve(order.rows.count)
    input(x, rows: order.rows.count, into: work.all)
    for step in 0..<order.stepCount {
      let places = order.places(of: step)
      work.reserve(places.count)
      for (slot, place) in places.enumerated() {
        work.gates.copy(row: Int(order.rows[place]), of: work.all, to: slot)
      }
      finish(hidden, cell, places.count, work)
      for (slot, place) in places.enumerated() {
        (states.row(Int(order.rows[place])) + column).update(
          from: hidden.row(slot), count: channels)
      }
    }
    var slots = [Int32](repeating: 0, count: count)
    for (slot, sequence) in order.sequences.enumerated() { slots[sequence] = Int32(slot) }
    return (
      hidden.tensor(rows: count).rows(at: slots), cell.tensor(rows: count).rows(at: slots)
    )
  }
}
