public import FairlineTensor

/// The predictions of one step of a search, computed when they are visited.
///
/// Whoever reads logits of a few rows right after they were computed finds them in the processor's
/// cache.
public struct StepLogits {
  /// The number of rows.
  public let rows: Int
  /// The number of symbols.
  public let columns: Int
  private let compute: (_ body: (LogitRows) -> Void) -> Void

  /// Takes logits that are there already.
  ///
  /// - Parameter logits: `[row, vocabulary]`
  public init(_ logits: Tensor) {
    let (rows, columns) = (logits.shape[0], logits.shape.columns)
    self.init(rows: rows, columns: columns) { body in
      Parallel.ranges(rows, grain: max(1, Parallel.grain / max(columns, 1))) { range in
        body(LogitRows(range, logits.sliced(range)))
      }
    }
  }

  /// Takes what computes them.
  ///
  /// - Parameter compute: calls its argument once for each range of rows, ascending or on several
  ///   threads at once.
  public init(
    rows: Int, columns: Int, compute: @escaping (_ body: (LogitRows) -> Void) -> Void
  ) {
    self.rows = rows
    self.columns = columns
    self.compute = compute
  }

  /// Calls `body` for ranges of rows, on several threads at once; to be called once, before the
  /// next step.
  ///
  /// - Parameter body: receives the rows, valid until it returns.
  public func visit(_ body: (LogitRows) -> Void) { compute(body) }
}

/// The logits of some rows of a step: exact, or sketches of which only the greatest can be made
/// exact.
public struct LogitRows {
  /// The rows.
  public let range: Range<Int>
  /// Their logits. `[row, vocabulary]`
  public let logits: Tensor
  /// Makes every logit of a row exact that may be the greatest; nil where all are exact.
  ///
  /// Its arguments are the number of the row in the step, and symbols that do not count, ascending,
  /// each once. What it changes are the elements of ``logits``.
  public let sharpen: ((_ row: Int, _ excluded: [Int32]) -> Void)?

  /// Puts rows and logits together.
  public init(
    _ range: Range<Int>, _ logits: Tensor,
    sharpen: ((_ row: Int, _ excluded: [Int32]) -> Void)? = nil
  ) {
    self.range = range
    self.logits = logits
    self.sharpen = sharpen
  }
}
