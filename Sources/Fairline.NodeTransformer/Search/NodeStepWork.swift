import FairlineTensor

/// Which cached rows each row of a step sees.
struct NodeStep {
  /// The cached row of each row's own keys and values.
  var cells: [Int32] = []
  /// Where the rows of each sentence begin, and the number of rows.
  var groups: [Int] = []
  /// Rows that are in the caches before this step.
  var cachedRows = 0
  /// For each row, the cached rows of its prefix, itself included.
  var prefixes = RowLists()
  /// For each row, the cached rows of its source.
  var sources = RowLists()
  /// Receives the attention over the source when it is wanted.
  var observe: ((Int, [Float]) -> Void)?
}

/// The buffers that all evaluations of a step share.
final class NodeStepWork {
  let states, normalized, query, triple, context, branch, hidden, slope, scratch: RowBuffer

  /// - Parameters:
  ///   - width: channels inside the field.
  ///   - channels: channels of the state.
  init(width: Int, channels: Int, hidden: Int) {
    states = RowBuffer(columns: width)
    normalized = RowBuffer(columns: width)
    query = RowBuffer(columns: width)
    triple = RowBuffer(columns: 3 * width)
    context = RowBuffer(columns: width)
    branch = RowBuffer(columns: width)
    self.hidden = RowBuffer(columns: hidden)
    slope = RowBuffer(columns: channels)
    scratch = RowBuffer(columns: width)
  }

  /// Makes room for rows.
  func reserve(_ rows: Int) {
    for buffer in [states, normalized, query, triple, context, branch, hidden, slope] {
      buffer.reserve(rows)
    }
  }
}
