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
  ///   - cache: keys, then values. `[cached row, 2 channel]`
  ///   - lists: which cached rows each query sees.
  ///   - scratch: memory for the weights.
  ///   - result: `[row, channel]`
  ///   - observe: sees the weights of each row, averaged over heads, when given.
  public func callAsFunction(
    _ queries: RowBuffer, rows: Int, cache: RowBuffer, lists: RowLists, scratch: RowBuffer,
    into result: RowBuffer, observe: ((_ row: Int, _ weights: [Float]) -> Void)? = nil
  ) {
    let longest = Int(lists.counts.max() ?? 0)
    let grain = max(1, 16_384 / max(longest * channels, 1))
    let size = channels / heads
    let scale = 1 / Float(size).squareRoot()
    let width = heads * longest
    scratch.reserve((rows * width + scratch.columns - 1) / scratch.columns)
    let weights = scratch.pointer
    lists.cells.withUnsafeBufferPointer { cells in
      lists.counts.withUnsafeBufferPointer { counts in
        nonisolated(unsafe) let (cells, counts) = (cells.baseAddress!, counts)
        Parallel.ranges(rows, grain: grain) { range in
          for row in range {
            fl_step_attention(
              result.row(row), weights + row * width, queries.row(row), cache.pointer,
              Int64(cache.columns), Int64(channels), cells + row * lists.stride,
              Int64(counts[row]), Int64(heads), Int64(size), scale)
          }
        }
      }
    }
    guard let observe else { return }
    for row in 0..<rows {
      let keys = Int(lists.counts[row])
      observe(
        row,
        (0..<keys).map { key in
          (0..<heads).reduce(0) { $0 + weights[row * width + $1 * keys + key] } / Float(heads)
        })
    }
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
