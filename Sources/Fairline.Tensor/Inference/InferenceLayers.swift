import CFairlineKernels

extension LayerNorm {
  /// Normalises rows of a buffer into another one, or in place.
  public func callAsFunction(_ x: RowBuffer, rows: Int, into result: RowBuffer) {
    let columns = x.columns
    Parallel.rows(rows, columns: columns) { range in
      fl_layer_norm(
        result.row(range.lowerBound), nil, nil, x.row(range.lowerBound), scale.value.pointer,
        shift.value.pointer, Int64(range.count), Int64(columns), epsilon)
    }
  }
}

/// Self-attention of packed sentences over buffers, without a tape.
public struct SentenceAttention: Sendable {
  private let heads: Int
  private let channels: Int

  /// Describes the heads; `channels` are those of all heads.
  public init(heads: Int, channels: Int) {
    self.heads = heads
    self.channels = channels
  }

  /// Attends from every row to the rows of its sentence.
  ///
  /// - Parameters:
  ///   - states: queries, keys and values side by side. `[token, 3 channel]`
  ///   - result: `[token, channel]`
  public func callAsFunction(_ states: RowBuffer, segments: Segments, into result: RowBuffer) {
    let size = channels / heads
    let pieces = segments.count * heads
    let work = max(1, segments.tokenCount * max(segments.longest, 1) * channels)
    Parallel.ranges(pieces, grain: max(1, min(pieces, 400_000 * pieces / work))) { range in
      for index in range {
        let (rows, head) = (segments[index / heads], index % heads)
        var plan = fl_attention(
          queries: Int64(rows.count), keys: Int64(rows.count), head_dim: Int64(size),
          ldq: Int64(states.columns), ldk: Int64(states.columns), ldv: Int64(states.columns),
          ldo: Int64(result.columns), scale: 1 / Float(size).squareRoot(), causal: false, p: 0,
          key: 0, stream: 0, first: 0)
        let start = states.row(rows.lowerBound) + head * size
        fl_attention_forward(
          &plan, result.row(rows.lowerBound) + head * size, nil, nil, start, start + channels,
          start + 2 * channels)
      }
    }
  }
}
