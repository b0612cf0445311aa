public import FairlineTensor

/// A feed-forward network without a tape, packed once and shared by all decoders.
public struct PreparedFeedForward: Sendable {
  private let first, second: InferenceLinear
  private let activation: Activation

  /// Packs the maps of a layer.
  public init(_ layer: FeedForward, _ weights: InferenceWeights) {
    first = weights.linear(layer.first)
    second = weights.linear(layer.second)
    activation = layer.activation
  }

  /// Bytes of the weights that every step reads.
  var byteCount: Int { first.byteCount + second.byteCount }

  /// Applies both maps.
  ///
  /// - Parameters:
  ///   - x: `[row, channel]`
  ///   - result: `[row, channel]`
  func callAsFunction(
    _ x: RowBuffer, rows: Int, into result: RowBuffer, _ work: StepWork
  ) {
    result.reserve(rows)
    second(hidden(x, rows, work), rows: rows, into: result)
  }

  /// The same, in the work's `branch`. `[row, channel]`
  func callAsFunction(_ x: RowBuffer, rows: Int, _ work: StepWork) -> RowBuffer {
    self(x, rows: rows, into: work.branch, work)
    return work.branch
  }

  /// Adds the result to states, normalised afterwards when a norm is given.
  ///
  /// - Parameters:
  ///   - x: `[row, channel]`
  ///   - states: `[row, channel]`
  public func add(
    _ x: RowBuffer, rows: Int, to states: RowBuffer, norm: LayerNorm?, _ work: StepWork
  ) {
    let hidden = hidden(x, rows, work)
    work.branch.reserve(rows)
    second(hidden, rows: rows, addedTo: states, norm: norm, scratch: work.branch)
  }

  private func hidden(_ x: RowBuffer, _ rows: Int, _ work: StepWork) -> RowBuffer {
    work.hidden.reserve(rows)
    first(x, rows: rows, into: work.hidden, activation: activation)
    return work.hidden
  }
}
