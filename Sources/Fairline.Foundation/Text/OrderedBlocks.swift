import Dispatch
import Foundation

/// Works on the blocks of a text file on several threads; results arrive in file order.
///
/// At most one block per thread is in memory. What is delivered, and the error that is thrown,
/// do not depend on the number of threads.
package final class OrderedBlocks<Result: Sendable>: @unchecked Sendable {
  // Guards everything below.
  private let condition = NSCondition()
  private var reader: TextBlockReader
  private let work: @Sendable (TextBlock) throws -> Result
  private let deliver: (Result) throws -> Void
  private var taken = 0
  private var delivered = 0
  private var failure: (any Error)?

  private init(
    reader: TextBlockReader, work: @escaping @Sendable (TextBlock) throws -> Result,
    deliver: @escaping (Result) throws -> Void
  ) {
    self.reader = reader
    self.work = work
    self.deliver = deliver
  }

  /// Runs `work` on every block and hands the results to `deliver`, one at a time, in order.
  package static func process(
    _ path: String, workers: Int,
    work: @escaping @Sendable (TextBlock) throws -> Result,
    deliver: @escaping (Result) throws -> Void
  ) throws {
    let file = try FileReader(path)
    let blockSize = min(max(file.size / (workers * 4), 1 << 16), 1 << 22)
    let blocks = OrderedBlocks(
      reader: TextBlockReader(file, blockSize: blockSize), work: work, deliver: deliver)
    if workers == 1 {
      blocks.runUntilEmpty()
    } else {
      DispatchQueue.concurrentPerform(iterations: workers) { _ in blocks.runUntilEmpty() }
    }
    if let failure = blocks.failure { throw failure }
  }

  private func runUntilEmpty() {
    while let (number, block) = take() {
      let outcome = Swift.Result { try work(block) }
      condition.lock()
      while delivered != number && failure == nil { condition.wait() }
      if failure == nil {
        do { try deliver(outcome.get()) } catch { failure = error }
      }
      delivered += 1
      condition.broadcast()
      condition.unlock()
    }
  }

  private func take() -> (number: Int, block: TextBlock)? {
    condition.lock()
    defer { condition.unlock() }
    guard failure == nil else { return nil }
    do {
      guard let block = try reader.next() else { return nil }
      taken += 1
      return (taken - 1, block)
    } catch {
      failure = error
      condition.broadcast()
      return nil
    }
  }
}
