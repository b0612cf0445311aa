import CFairlineKernels

/// Work in fixed blocks on the pool of threads.
///
/// Blocks depend on the amount of work only, never on the number of threads, so that results do not
/// either.
public enum Parallel {
  /// The number of elements in one block of elementwise work.
  public static let grain = 32_768

  /// Calls `body` once for each block in `0..<count`, in any order, on all threads.
  ///
  /// - Parameters:
  ///   - kept: the last blocks of its share that only a thread itself computes once it has begun:
  ///     1 where a block is one pass over memory, which is slower from another core's cache.
  public static func blocks(_ count: Int, kept: Int = 0, _ body: (Int) -> Void) {
    if count <= 1 {
      if count == 1 { body(0) }
      return
    }
    withoutActuallyEscaping(body) { body in
      var box = BlockBody(call: body)
      withUnsafeMutablePointer(to: &box) { pointer in
        fl_pool_run(
          Int64(count), Int64(kept),
          { context, block in
            context!.assumingMemoryBound(to: BlockBody.self).pointee.call(Int(block))
          }, pointer)
      }
    }
  }

  /// Splits `0..<count` into fixed ranges and calls `body` for each, on all threads.
  public static func ranges(
    _ count: Int, grain: Int = Parallel.grain, _ body: (Range<Int>) -> Void
  ) {
    if count <= grain {
      if count > 0 { body(0..<count) }
      return
    }
    blocks((count + grain - 1) / grain, kept: 1) { block in
      let first = block * grain
      body(first..<min(first + grain, count))
    }
  }

  /// The number of elements in a range, when ranges of at most a grain are to be equal up to a
  /// cache line.
  public static func evenGrain(_ count: Int) -> Int {
    let ranges = max(1, (count + grain - 1) / grain)
    return max(1, (count + 16 * ranges - 1) / (16 * ranges)) * 16
  }

  /// Splits rows of `columns` elements into fixed ranges of rows of about one grain each.
  static func rows(_ rows: Int, columns: Int, _ body: (Range<Int>) -> Void) {
    ranges(rows, grain: max(1, grain / max(columns, 1)), body)
  }

  /// How many threads work, the caller included.
  public static var threadCount: Int { Int(fl_pool_threads()) }

  /// Sets how many threads work; 0 takes one for each core.
  public static func setThreadCount(_ count: Int) { fl_pool_set_threads(Int32(count)) }

  /// Makes the calling thread run its blocks itself, as a decoder's worker does, or not.
  public static func setSerial(_ serial: Bool) { fl_thread_set_serial(serial) }
}

private struct BlockBody {
  let call: (Int) -> Void
}
