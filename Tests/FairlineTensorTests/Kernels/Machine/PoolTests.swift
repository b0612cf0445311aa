import CFairlineKernels
import Foundation
import Synchronization
import Testing

/// Counts how often each block ran.
private final class Tally: Sendable {
  let counts = Mutex([Int](repeating: 0, count: 64))
  let nested: Bool

  init(nested: Bool = false) { self.nested = nested }

  func run(_ blocks: Int, kept: Int) {
    let context = Unmanaged.passUnretained(self).toOpaque()
    let function: fl_block_function = { context, block in
      let tally = context.map { Unmanaged<Tally>.fromOpaque($0).takeUnretainedValue() }
      tally?.counts.withLock { $0[Int(block)] += 1 }
      if tally?.nested == true { Tally.expectEachOnce(3) }
    }
    fl_pool_run(Int64(blocks), Int64(kept), function, context)
  }

  static func expectEachOnce(_ blocks: Int, kept: Int = 0, nested: Bool = false) {
    let tally = Tally(nested: nested)
    tally.run(blocks, kept: kept)
    let counts = tally.counts.withLock { $0 }
    let right = (0..<64).allSatisfy { counts[$0] == ($0 < blocks ? 1 : 0) }
    if !right { Issue.record("blocks of \(blocks) ran \(counts) times") }
  }
}

@Suite(.serialized) struct PoolTests {
  @Test func eachBlockRunsOnce() {
    let threads = fl_pool_threads()
    defer { fl_pool_set_threads(threads) }
    for threads: Int32 in [1, 2, 5, 3, 8] {
      fl_pool_set_threads(threads)
      #expect(fl_pool_threads() == threads)
      for run in 0..<4000 { Tally.expectEachOnce(run % 40, kept: run % 3) }
      for run in 0..<100 { Tally.expectEachOnce(run % 20, nested: true) }
    }
  }

  @Test func sleepingWorkersWakeUp() {
    for _ in 0..<20 {
      Thread.sleep(forTimeInterval: 0.003)
      Tally.expectEachOnce(16)
      Thread.sleep(forTimeInterval: 0.003)
      Tally.expectEachOnce(16, kept: 1)
    }
  }

  @Test func threadsMayShareThePool() {
    let before = fl_pool_threads()
    defer { fl_pool_set_threads(before) }
    let finished = DispatchSemaphore(value: 0)
    for caller in 0..<4 {
      Thread.detachNewThread {
        if caller == 3 { fl_thread_set_serial(true) }
        for run in 0..<5000 {
          Tally.expectEachOnce(1 + (run + caller) % 30, kept: run % 2)
          if caller == 0 && run % 250 == 0 { fl_pool_set_threads(Int32(1 + run / 250 % 4)) }
        }
        finished.signal()
      }
    }
    for _ in 0..<4 { finished.wait() }
  }
}
