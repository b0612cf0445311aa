/// Which rows of a cache are in use: rows are handed out in ascending order, and unused ones are
/// found by naming those in use.
public struct CacheRows {
  /// Rows that there are.
  public private(set) var capacity = 0
  /// Free rows, descending.
  private var free: [Int32] = []
  private var marks: [Bool] = []

  private let minimum: Int

  /// Makes an empty cache.
  ///
  /// - Parameter minimum: how many times what is first asked for there is room.
  public init(minimum: Int = 1) { self.minimum = minimum }

  /// Hands out rows; when too few are free, those not in use become free again, and more are made
  /// when that is not enough.
  ///
  /// - Parameters:
  ///   - count: how many rows are needed.
  ///   - inUse: calls its argument with lists of rows that are in use.
  public mutating func take(
    _ count: Int, inUse: ((UnsafeBufferPointer<Int32>) -> Void) -> Void
  ) -> ArraySlice<Int32> {
    if free.count < count { sweep(count, inUse) }
    defer { free.removeLast(count) }
    return free.suffix(count)
  }

  private mutating func sweep(
    _ count: Int, _ inUse: ((UnsafeBufferPointer<Int32>) -> Void) -> Void
  ) {
    marks = [Bool](repeating: false, count: capacity)
    inUse { rows in
      for row in rows { marks[Int(row)] = true }
    }
    let used = marks.lazy.filter { $0 }.count
    // At least a quarter should be free, or sweeps would come at every step.
    let wanted = max(used + count, used + (used + 2) / 3)
    if wanted > capacity {
      capacity = max(wanted + wanted / 2, minimum * count)
      marks += [Bool](repeating: false, count: capacity - marks.count)
    }
    free.removeAll(keepingCapacity: true)
    // Low rows are taken again before high ones are touched at all.
    let most = max(used / 4, 2 * count)
    for row in 0..<capacity where !marks[row] && free.count < most { free.append(Int32(row)) }
    free.reverse()
  }
}
