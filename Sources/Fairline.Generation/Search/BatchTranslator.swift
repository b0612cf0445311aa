package import FairlineData
package import FairlineTensor
import Foundation

/// Translates batches on several workers that share the models' weights.
///
/// A worker takes sentences from the current batch whenever some of its own are finished, so that its steps stay large.
package struct BatchTranslator {
  package let generator: SequenceGenerator
  /// Workers; 0 for one on each thread.
  package let workers: Int

  /// Takes what searches, and how many searches run side by side.
  package init(generator: SequenceGenerator, workers: Int) {
    (self.generator, self.workers) = (generator, workers)
  }

  /// Workers when there is enough to do.
  package var workerCount: Int { workers > 0 ? workers : max(Parallel.threadCount, 1) }

  /// Translates every batch and hands the results on in the batches' order, in this thread, one at a time.
  ///
  /// - Parameter window: how many batches are begun from the last to the first, for batches whose last ones are the longest.
  package func translate(
    _ count: Int, window: Int = 1, _ batch: @escaping @Sendable (Int) -> SentencePairs,
    deliver: (SentencePairs, [[Hypothesis]]) throws -> Void
  ) throws {
    let only = count == 1 ? batch(0) : nil
    // A few sentences are done sooner by all threads together.
    if generator.settings.scoreReference || (only?.sources.count ?? .max) < 2 * workerCount {
      for index in 0..<count {
        let pairs = only ?? batch(index)
        try deliver(pairs, generator.generate(pairs))
      }
      return
    }
    let queue = SentenceQueue(count: count, ahead: 64 + 2 * workerCount, window: window, batch)
    for _ in 0..<workerCount { start(SearchWorker(generator, queue), isAlone: workerCount == 1) }
    do {
      while let (pairs, found) = queue.next() { try deliver(pairs, found) }
    } catch {
      queue.cancel()
      throw error
    }
  }

  private func start(_ worker: SearchWorker, isAlone: Bool) {
    let thread = Thread {
      Parallel.setSerial(!isAlone)
      worker.run()
    }
    thread.stackSize = 8 << 20
    thread.start()
  }
}

/// One worker: a search that sentences join as others leave.
private final class SearchWorker: @unchecked Sendable {
  // Used by one thread after the other.
  private let generator: SequenceGenerator
  private let queue: SentenceQueue
  private var search: LiveSearch?
  /// Where each tag's sentence belongs.
  private var places: [Int: SentenceQueue.Place] = [:]
  private var nextTag = 0

  package init(_ generator: SequenceGenerator, _ queue: SentenceQueue) {
    self.generator = generator
    self.queue = queue
  }

  package func run() {
    while true {
      refill()
      guard let finished = search?.step(), let search else { return }
      for (tag, found) in finished {
        if let place = places.removeValue(forKey: tag) { queue.put(place, found) }
      }
      if search.count == 0, !search.takesMore { self.search = nil }
    }
  }

  /// Takes as many sentences as there is room for.
  private func refill() {
    while true {
      let alive = search?.count ?? 0
      let room = generator.width.sentences - alive
      if alive > 0, search?.takesMore == false || room < generator.width.leastRoom { return }
      guard let part = queue.take(room, mayWait: alive == 0) else {
        if alive == 0 { search = nil }
        return
      }
      generator.add(part.rows, of: part.pairs, tags: nextTag, to: &search)
      for row in part.rows {
        places[nextTag] = SentenceQueue.Place(batch: part.batch, row: row)
        nextTag += 1
      }
    }
  }
}
