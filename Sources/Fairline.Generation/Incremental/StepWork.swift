public import FairlineTensor

/// Working memory that the layers of a stack share.
public final class StepWork {
  /// For normalised states. `[row, channel]`
  public let normalized: RowBuffer
  /// For the result of a sub-layer. `[row, channel]`
  public let branch: RowBuffer
  /// For the inner channels of feed-forward networks. `[row, hidden]`
  public let hidden: RowBuffer
  /// Queries, keys and values; queries alone; keys and values of sources.
  let triple, query, pairs: RowBuffer
  let context, scratch: RowBuffer

  /// Makes buffers, which take no memory yet.
  ///
  /// - Parameters:
  ///   - channels: channels of attention and of sub-layers' results.
  ///   - hidden: inner channels of feed-forward networks.
  public init(channels: Int, hidden: Int) {
    normalized = RowBuffer(columns: channels)
    triple = RowBuffer(columns: 3 * channels)
    query = RowBuffer(columns: channels)
    pairs = RowBuffer(columns: 2 * channels)
    context = RowBuffer(columns: channels)
    branch = RowBuffer(columns: channels)
    self.hidden = RowBuffer(columns: hidden, isSpaced: true)
    scratch = RowBuffer(columns: 64)
  }

  /// Runs a sub-layer with a residual connection, normalised before or after it.
  ///
  /// - Parameters:
  ///   - states: the residual, replaced by the result. `[row, channel]`
  ///   - norm: the normalisation.
  ///   - isBefore: whether it comes before the sub-layer.
  ///   - body: adds its result for `input` to the states and normalises them when it is given a
  ///     norm.
  public func subLayer(
    _ states: RowBuffer, rows: Int, norm: LayerNorm, isBefore: Bool,
    _ body: (_ input: RowBuffer, _ norm: LayerNorm?) -> Void
  ) {
    guard isBefore else { return body(states, norm) }
    normalized.reserve(rows)
    norm(states, rows: rows, into: normalized)
    body(normalized, nil)
  }
}
