import Foundation

/// Sentences of requests that come at any time, from any thread, for workers that stay.
///
/// Sentences are handed out in the order in which they came; those of several requests are decoded
/// side by side.
final class RequestQueue: SentenceSource, @unchecked Sendable {
  /// What one caller asked for.
  private final class Request {
    var batches: [[[Hypothesis]]]
    var missing: Int
    let done: @Sendable ([[[Hypothesis]]]) -> Void

    init(batches: Int, done: @escaping @Sendable ([[[Hypothesis]]]) -> Void) {
      self.batches = Array(repeating: [], count: batches)
      missing = batches
      self.done = done
    }
  }

  /// A batch that is not finished.
  private struct OpenBatch {
    let request: Request
    let place: Int
    let inputs: [GenerationInput]
    var results: [[Hypothesis]]
    var handedOut = 0
    var missing: Int
  }

  // All state is used under the condition's lock only.
  private let condition = NSCondition()
  private var open: [Int: OpenBatch] = [:]
  /// Numbers of batches: the next to hand out of, and the next to be given.
  private var (current, next) = (0, 0)
  private var (workers, waiting) = (0, 0)
  private var isStopped = false

  /// Takes batches of inputs, none of them empty.
  ///
  /// - Parameter done: receives the outputs of all batches, once, in a worker's thread.
  func add(
    _ batches: [[GenerationInput]], done: @escaping @Sendable ([[[Hypothesis]]]) -> Void
  ) {
    if batches.isEmpty { return done([]) }
    let request = Request(batches: batches.count, done: done)
    condition.lock()
    for (place, inputs) in batches.enumerated() {
      open[next] = OpenBatch(
        request: request, place: place, inputs: inputs,
        results: Array(repeating: [], count: inputs.count), missing: inputs.count)
      next += 1
    }
    condition.broadcast()
    condition.unlock()
  }

  /// Whether there is another worker to start, which is then counted.
  func addsWorker(upTo most: Int) -> Bool {
    condition.lock()
    defer { condition.unlock() }
    guard workers < most else { return false }
    workers += 1
    return true
  }

  /// Lets all workers end when they have nothing left to do.
  func stop() {
    condition.lock()
    isStopped = true
    condition.broadcast()
    condition.unlock()
  }

  var hasOneWorker: Bool {
    condition.lock()
    defer { condition.unlock() }
    return workers - waiting <= 1
  }

  func take(_ most: Int, mayWait: Bool) -> SentencePart? {
    condition.lock()
    defer { condition.unlock() }
    while true {
      if var batch = open[current] {
        let rest = batch.inputs.count - batch.handedOut
        if rest > 0 {
          let rows = batch.handedOut..<(batch.handedOut + min(most, rest))
          batch.handedOut = rows.upperBound
          open[current] = batch
          return SentencePart(batch: current, inputs: batch.inputs, rows: rows)
        }
      }
      if current < next {
        current += 1
      } else if mayWait, !isStopped {
        waiting += 1
        condition.wait()
        waiting -= 1
      } else {
        return nil
      }
    }
  }

  func put(_ place: SentencePlace, _ found: [Hypothesis]) {
    condition.lock()
    open[place.batch]?.results[place.row] = found
    open[place.batch]?.missing -= 1
    guard let batch = open[place.batch], batch.missing == 0 else { return condition.unlock() }
    open[place.batch] = nil
    let request = batch.request
    request.batches[batch.place] = batch.results
    request.missing -= 1
    let isDone = request.missing == 0
    condition.unlock()
    if isDone { request.done(request.batches) }
  }
}
