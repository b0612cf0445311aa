import FairlineTensor

extension ModelOutput {
  /// The logarithm of each target's probability, in nats.
  ///
  /// - Parameters:
  ///   - targets: a symbol for each row. `[target]`
  ///   - rowsAtOnce: rows whose logits exist at the same time: it changes memory, not the result.
  /// - Returns: `[target]`
  public func logProbabilities(of targets: [Int32], rowsAtOnce: Int = 1024) -> [Float] {
    let rows = states.shape[0]
    precondition(targets.count == rows, "\(targets.count) targets for \(rows) rows")
    var result: [Float] = []
    result.reserveCapacity(rows)
    for first in stride(from: 0, to: rows, by: max(rowsAtOnce, 1)) {
      let range = first..<min(first + max(rowsAtOnce, 1), rows)
      let logits = self.logits(of: range).logSoftmax()  // [row, vocabulary]
      result += logits.elements(at: Array(targets[range])).scalars
    }
    return result
  }

  /// The logits of some rows. `[row, vocabulary]`
  private func logits(of rows: Range<Int>) -> Tensor {
    let part = states.sliced(rows)
    return projection.map { part.linear(weight: $0, bias: bias) } ?? part
  }
}
