import Foundation

/// Hands out sentences of batches and gives the results of whole batches back in order.
///
/// Batches may be handed out from the end of windows of some batches: where long sentences come
/// last, they are then begun first, and workers do not end with few long sentences while others
/// have nothing left to do.
final class SentenceQueue: SentenceSource, @unchecked Sendable {
  /// A batch of which some sentences were handed out.
  private struct OpenBatch {
    let inputs: [GenerationInput]
    var results: [[Hypothesis]]
    var missing: Int
  }

  // All state is used under the condition's lock only.
  private let condition = NSCondition()
  private let batch: @Sendable (Int) -> [GenerationInput]
  private let count: Int
  private let ahead: Int
  private let window: Int
  /// Whether there is one worker.
  let hasOneWorker: Bool
  private var opened = 0
  /// Sentences of the current batch that were not handed out.
  private var left = 0
  private var delivered = 0
  private var open: [Int: OpenBatch] = [:]

  /// Makes a queue of `count` batches, of which at most `ahead` are open at once.
  ///
  /// - Parameter window: how many batches, at most `ahead`, are handed out from the last to the
  ///   first; 1 keeps their order.
  init(
    count: Int, workers: Int, ahead: Int, window: Int = 1,
    _ batch: @escaping @Sendable (Int) -> [GenerationInput]
  ) {
    self.count = count
    hasOneWorker = workers == 1
    self.ahead = ahead
    self.window = min(window, ahead)
    self.batch = batch
  }

  /// The next sentences of the current batch, at most `most`; nil when there are none.
  ///
  /// - Parameter mayWait: whether to wait while too many results are not fetched yet, instead of
  ///   giving nil.
  func take(_ most: Int, mayWait: Bool) -> SentencePart? {
    condition.lock()
    defer { condition.unlock() }
    while true {
      let current = index(opened - 1)
      if left > 0, let inputs = open[current]?.inputs {
        // A batch is the most that may be decoded at once, so a part of it is its share.
        let part = min(most, left)
        let first = window > 1 ? left - part : inputs.count - left
        left -= part
        return SentencePart(batch: current, inputs: inputs, rows: first..<(first + part))
      }
      if opened == count { return nil }
      if opened - delivered >= ahead {
        guard mayWait else { return nil }
        condition.wait()
      } else {
        let next = index(opened)
        let inputs = batch(next)
        open[next] = OpenBatch(
          inputs: inputs, results: Array(repeating: [], count: inputs.count),
          missing: inputs.count)
        opened += 1
        left = inputs.count
      }
    }
  }

  /// The batch that is handed out after `place` others.
  private func index(_ place: Int) -> Int {
    let first = place / window * window
    return first + min(first + window, count) - 1 - place
  }

  /// Gives the result of a sentence back.
  func put(_ place: SentencePlace, _ found: [Hypothesis]) {
    condition.lock()
    open[place.batch]?.results[place.row] = found
    open[place.batch]?.missing -= 1
    if open[place.batch]?.missing == 0 { condition.broadcast() }
    condition.unlock()
  }

  /// The next batch's results in order; nil after the last one.
  func next() -> ([GenerationInput], [[Hypothesis]])? {
    condition.lock()
    defer { condition.unlock() }
    while delivered < count {
      if let batch = open[delivered], batch.missing == 0 {
        open[delivered] = nil
        delivered += 1
        condition.broadcast()
        return (batch.inputs, batch.results)
      }
      condition.wait()
    }
    return nil
  }

  /// Hands out nothing more.
  func cancel() {
    condition.lock()
    opened = count
    left = 0
    delivered = count
    condition.broadcast()
    condition.unlock()
  }
}
