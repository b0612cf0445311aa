public import FairlineTensor

/// The predictions of one step of a search, computed when they are visited.
///
/// Whoever reads logits of a few rows right after they were computed finds them in the processor's cache.
public struct StepLogits {
  /// The number of rows.
  public let rows: Int
  /// The number of symbols.
  public let columns: Int
  private let compute: (_ body: (Range<Int>, Tensor) -> Void) -> Void

  /// Takes logits that are there already.
  ///
  /// - Parameter logits: `[row, vocabulary]`
  public init(_ logits: Tensor) {
    let (rows, columns) = (logits.shape[0], logits.shape.columns)
    self.init(rows: rows, columns: columns) { body in
      Parallel.ranges(rows, grain: max(1, Parallel.grain / max(columns, 1))) { range in
        body(range, logits.sliced(range))
      }
    }
  }

  /// Takes what computes them.
  ///
  /// - Parameter compute: calls its argument once for each range of rows, ascending or on several threads at once, with these
  ///   rows' logits. `[row, vocabulary]`
  public init(
    rows: Int, columns: Int, compute: @escaping (_ body: (Range<Int>, Tensor) -> Void) -> Void
  ) {
    self.rows = rows
    self.columns = columns
    self.compute = compute
  }

  /// Calls `body` for ranges of rows, on several threads at once; to be called once, before the next step.
  ///
  /// - Parameter body: receives the range and its rows' logits, valid until it returns. `[row, vocabulary]`
  public func visit(_ body: (Range<Int>, Tensor) -> Void) { compute(body) }
}
