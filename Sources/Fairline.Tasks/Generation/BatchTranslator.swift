import FairlineData
import FairlineTensor
import Foundation

/// Translates batches side by side on several workers that share the models' weights.
struct BatchTranslator {
  let generator: SequenceGenerator
  /// Batches translated at once; 0 for one on each thread.
  let workers: Int

  /// Batches that are translated at once when there are enough.
  var workerCount: Int { workers > 0 ? workers : max(Parallel.threadCount, 1) }

  /// Translates every batch and hands the results on in the batches' order, in this thread or a worker's, one at a time.
  func translate(
    _ count: Int, _ batch: @escaping @Sendable (Int) -> SentencePairs,
    deliver: (SentencePairs, [[Hypothesis]]) throws -> Void
  ) throws {
    let wanted = min(workerCount, count)
    if wanted <= 1 {
      for index in 0..<count {
        let pairs = batch(index)
        try deliver(pairs, generator.generate(pairs))
      }
      return
    }
    let queue = ResultQueue(count: count, ahead: 2 * wanted)
    let generator = generator
    for _ in 0..<wanted {
      let thread = Thread {
        Parallel.setSerial(true)
        while let index = queue.take() {
          let pairs = batch(index)
          queue.put(index, (pairs, generator.generate(pairs)))
        }
      }
      thread.stackSize = 8 << 20
      thread.start()
    }
    do {
      while let (pairs, found) = queue.next() { try deliver(pairs, found) }
    } catch {
      queue.cancel()
      throw error
    }
  }
}

/// Hands out batch numbers and gives results back in order.
private final class ResultQueue: @unchecked Sendable {
  // All state is used under the condition's lock only.
  private let condition = NSCondition()
  private let count: Int
  private let ahead: Int
  private var taken = 0
  private var delivered = 0
  private var results: [Int: (SentencePairs, [[Hypothesis]])] = [:]

  init(count: Int, ahead: Int) {
    self.count = count
    self.ahead = ahead
  }

  /// The next batch to translate; waits while too many results are not fetched yet.
  func take() -> Int? {
    condition.lock()
    defer { condition.unlock() }
    while taken < count && taken - delivered >= ahead { condition.wait() }
    guard taken < count else { return nil }
    taken += 1
    return taken - 1
  }

  func put(_ index: Int, _ result: (SentencePairs, [[Hypothesis]])) {
    condition.lock()
    results[index] = result
    condition.broadcast()
    condition.unlock()
  }

  /// The next result in order; nil after the last one.
  func next() -> (SentencePairs, [[Hypothesis]])? {
    condition.lock()
    defer { condition.unlock() }
    guard delivered < count else { return nil }
    while results[delivered] == nil { condition.wait() }
    defer {
      delivered += 1
      condition.broadcast()
    }
    return results.removeValue(forKey: delivered)
  }

  func cancel() {
    condition.lock()
    taken = count
    condition.broadcast()
    condition.unlock()
  }
}
