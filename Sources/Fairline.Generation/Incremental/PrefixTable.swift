import FairlineTensor

/// Where the keys and values of all prefixes lie in the caches.
///
/// Caches are never moved when hypotheses change places: the table tells for each row which cached
/// rows its prefix has. Rows of prefixes that are gone are used again.
struct PrefixTable {
  private var cells = CacheRows(minimum: 64)
  /// The prefixes of the step before.
  private var before = RowLists()

  /// Appends a cached row to the prefix of every row.
  mutating func extend(_ step: inout DecoderStep) {
    swap(&before, &step.prefixes)
    let (old, parents) = (before, step.parents)
    step.isFirst = old.counts.isEmpty
    var longest = 0
    for row in parents.indices where !step.begins(row) {
      longest = max(longest, Int(old.counts[Int(parents[row])]))
    }
    step.prefixes.clear(rows: parents.count, longest: longest + 1)
    for row in parents.indices where !step.begins(row) {
      step.prefixes.append(Int(parents[row]), of: old, to: row)
    }
    step.places = step.prefixes.counts
    let prefixes = step.prefixes
    step.cells = Array(
      cells.take(parents.count) { mark in
        for row in parents.indices { prefixes.withList(row, mark) }
      })
    for row in parents.indices { step.prefixes.append(step.cells[row], to: row) }
    step.capacity = cells.capacity
  }
}
