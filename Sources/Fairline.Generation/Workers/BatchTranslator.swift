import FairlineTensor
import Foundation

/// Translates batches on several workers that share the models' weights.
///
/// A worker takes sentences from the current batch whenever some of its own are finished, so that
/// its steps stay large.
struct BatchTranslator {
  let generator: SequenceGenerator
  /// Workers; 0 for one on each thread.
  let workers: Int

  /// Takes what searches, and how many searches run side by side.
  init(generator: SequenceGenerator, workers: Int) {
    (self.generator, self.workers) = (generator, workers)
  }

  /// Workers when there is enough to do.
  var workerCount: Int { workers > 0 ? workers : max(Parallel.threadCount, 1) }

  /// Translates every batch and hands the results on in the batches' order, in this thread, one at
  /// a time.
  ///
  /// - Parameter window: how many batches are begun from the last to the first, for batches whose
  ///   last ones are the longest.
  func translate(
    _ count: Int, window: Int = 1, _ batch: @escaping @Sendable (Int) -> [GenerationInput],
    deliver: ([GenerationInput], [[Hypothesis]]) throws -> Void
  ) throws {
    let only = count == 1 ? batch(0) : nil
    // A few sentences are done sooner by all threads together.
    if generator.settings.scoreReference || (only?.count ?? .max) < 2 * workerCount {
      for index in 0..<count {
        let inputs = only ?? batch(index)
        try deliver(inputs, generator.generate(inputs))
      }
      return
    }
    let queue = SentenceQueue(
      count: count, workers: workerCount, ahead: 64 + 2 * workerCount, window: window, batch)
    for _ in 0..<workerCount { SearchWorker(generator, queue).start() }
    do {
      while let (inputs, found) = queue.next() { try deliver(inputs, found) }
    } catch {
      queue.cancel()
      throw error
    }
  }
}
