import CFairlineKernels

/// Attention of single queries over cached keys and values: one step of a decoder.
public struct StepAttention: Sendable {
  /// The number of heads.
  public let heads: Int
  /// Channels of all heads.
  public let channels: Int

  /// Describes the heads.
  public init(heads: Int, channels: Int) {
    self.heads = heads
    self.channels = channels
  }

  /// Attends from each row to its own list of cached rows.
  ///
  /// - Parameters:
  ///   - queries: `[row, channel]`
  ///   - cache: keys, then values. `[cached row, 2 channel]`
  ///   - visible: which cached rows each query sees, `stride` numbers a row of which the first `counts[row]` count.
  ///   - result: `[row, channel]`
  ///   - observe: sees the weights of each row, averaged over heads, when given.
  public func callAsFunction(
    _ queries: RowBuffer, rows: Int, cache: RowBuffer, visible: [Int32], stride: Int,
    counts: [Int32], into result: RowBuffer,
    observe: ((_ row: Int, _ weights: [Float]) -> Void)? = nil
  ) {
    let longest = Int(counts.max() ?? 0)
    let grain = max(1, 16_384 / max(longest * channels, 1))
    let size = channels / heads
    let scale = 1 / Float(size).squareRoot()
    let scratch = Tensor(uninitialized: [max(rows, 1), heads, max(longest, 1)])
    visible.withUnsafeBufferPointer { visible in
      nonisolated(unsafe) let visible = visible.baseAddress!
      Parallel.ranges(rows, grain: grain) { range in
        for row in range {
          fl_step_attention(
            result.row(row), scratch.pointer + row * heads * longest, queries.row(row),
            cache.pointer, Int64(cache.columns), Int64(channels), visible + row * stride,
            Int64(counts[row]), Int64(heads), Int64(size), scale)
        }
      }
    }
    guard let observe else { return }
    for row in 0..<rows {
      let keys = Int(counts[row])
      let weights = UnsafeBufferPointer(
        start: scratch.pointer + row * heads * longest, count: heads * keys)
      observe(
        row,
        (0..<keys).map { key in
          (0..<heads).reduce(0) { $0 + weights[$1 * keys + key] } / Float(heads)
        })
    }
    withExtendedLifetime(scratch) {}
  }
}
