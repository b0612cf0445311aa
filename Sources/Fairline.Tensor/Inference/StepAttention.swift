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
  ///   - queries: the first ``channels`` columns of these. `[row, ...]`
  ///   - cache: keys and values.
  ///   - lists: which cached rows each query sees.
  ///   - groups: where groups of neighbouring rows begin whose lists have one length and much in
  ///     common, and the number of rows.
  ///   - scratch: memory for the weights.
  ///   - result: `[row, channel]`
  ///   - observe: sees the weights of each row, averaged over heads, when given.
  public func callAsFunction(
    _ queries: RowBuffer, groups: [Int], cache: AttentionCache, lists: RowLists, scratch: RowBuffer,
    into result: RowBuffer, observe: ((_ row: Int, _ weights: [Float]) -> Void)? = nil
  ) {
    let (count, rows) = (groups.count - 1, groups.last ?? 0)
    let longest = Int(lists.counts.max() ?? 0)
    let width = heads * longest
    scratch.reserve((rows * width + scratch.columns - 1) / scratch.columns)
    let work = max(rows * longest * channels / max(count, 1), 1)
    lists.cells.withUnsafeBufferPointer { cells in
      nonisolated(unsafe) let cells = cells.baseAddress!
      Parallel.ranges(count, grain: max(1, 32_768 / work)) { range in
        for group in range {
          let first = groups[group]
          var plan = plan(queries, cache, result, stride: lists.stride)
          plan.queries = Int64(groups[group + 1] - first)
          plan.keys = Int64(lists.counts[first])
          if group + 1 < range.upperBound {
            let next = groups[group + 1]
            plan.next = cells + next * lists.stride
            plan.next_queries = Int64(groups[group + 2] - next)
            plan.next_keys = Int64(lists.counts[next])
          }
          fl_step_attention(
            &plan, result.row(first), scratch.pointer + first * width, queries.row(first),
            cells + first * lists.stride)
        }
      }
    }
    guard let observe else { return }
    for group in 0..<count {
      for row in groups[group]..<groups[group + 1] {
        let keys = Int(lists.counts[row])
        let weights = scratch.pointer + groups[group] * width + (row - groups[group]) * heads * keys
        observe(
          row,
          (0..<keys).map { key in
            (0..<heads).reduce(0) { $0 + weights[$1 * keys + key] } / Float(heads)
          })
      }
    }
  }

  private func plan(
    _ queries: RowBuffer, _ cache: AttentionCache, _ result: RowBuffer, stride: Int
  ) -> fl_step {
    let size = channels / heads
    return fl_step(
      queries: 1, keys: 0, heads: Int64(heads), head_dim: Int64(size),
      ldq: Int64(queries.columns), ldo: Int64(result.columns), ldr: Int64(stride),
      cache: cache.pointer, ld: Int64(cache.stride), value: Int64(channels),
      scale: 1 / Float(size).squareRoot(), half: cache.precision == .float16,
      next: nil, next_queries: 0, next_keys: 0)
  }
}

/// A list of cached rows for each row of a step.
public struct RowLists: Sendable {
  /// Places of a list; each has as many of them as the longest needs.
  public private(set) var stride = 1
  /// The lists, `stride` places each.
  public private(set) var cells: [Int32] = [0]
  /// How many places of each list count.
  public private(set) var counts: [Int32] = []

  /// Makes no lists.
  public init() {}

  /// Makes room for `rows` lists of at most `longest`, all empty.
  public mutating func clear(rows: Int, longest: Int) {
    stride = max(longest, 1)
    let needed = max(rows * stride, 1)
    if cells.count < needed {
      cells.append(contentsOf: repeatElement(0, count: needed - cells.count))
    }
    counts.removeAll(keepingCapacity: true)
    counts.append(contentsOf: repeatElement(0, count: rows))
  }

  /// Where runs of equal values begin, and the number of values: groups of rows when each row has
  /// the value of its group.
  public static func runs(of values: [Int32]) -> [Int] {
    var starts: [Int] = []
    for (index, value) in values.enumerated() where index == 0 || value != values[index - 1] {
      starts.append(index)
    }
    return starts + [values.count]
  }

  /// Appends rows to a list.
  public mutating func append(_ rows: [Int32], to list: Int) {
    rows.withUnsafeBufferPointer { copy($0, to: list) }
  }

  /// Appends a row to a list.
  public mutating func append(_ row: Int32, to list: Int) {
    precondition(Int(counts[list]) < stride, "a list has more rows than there is room for")
    cells[list * stride + Int(counts[list])] = row
    counts[list] += 1
  }

  /// Appends the list `other` of `lists` to a list.
  public mutating func append(_ other: Int, of lists: RowLists, to list: Int) {
    lists.withList(other) { copy($0, to: list) }
  }

  private mutating func copy(_ rows: UnsafeBufferPointer<Int32>, to list: Int) {
    let (place, count) = (list * stride + Int(counts[list]), rows.count)
    precondition(
      Int(counts[list]) + count <= stride, "a list has more rows than there is room for")
    guard let source = rows.baseAddress else { return }
    cells.withUnsafeMutableBufferPointer {
      $0.baseAddress.map { ($0 + place).update(from: source, count: count) }
    }
    counts[list] += Int32(count)
  }

  /// Calls `body` with the rows of a list.
  public func withList(_ list: Int, _ body: (UnsafeBufferPointer<Int32>) -> Void) {
    cells.withUnsafeBufferPointer {
      let first = list * stride
      body(UnsafeBufferPointer(rebasing: $0[first..<(first + Int(counts[list]))]))
    }
  }
}
