import Foundation

/// The batches of an epoch in order, made ahead of their use by a thread of its own.
///
/// Which batches come, and in which order, does not depend on the thread; an error comes at the
/// place of its batch.
final class BatchQueue: @unchecked Sendable {
  private let source: any BatchSource
  private let ahead: Int
  private let condition = NSCondition()
  private var ready: [Result<Batch, any Error>] = []
  private var isClosed = false

  /// Begins to make batches.
  ///
  /// - Parameters:
  ///   - places: which batches to make, in order.
  ///   - ahead: how many batches may wait.
  init(_ source: any BatchSource, _ places: [Int], ahead: Int) {
    self.source = source
    self.ahead = ahead
    Thread.detachNewThread { [self] in fill(places) }
  }

  /// The next batch; waits until it is made.
  ///
  /// - Throws: what making it threw.
  func next() throws -> Batch {
    condition.lock()
    defer { condition.unlock() }
    while ready.isEmpty { condition.wait() }
    condition.broadcast()
    return try ready.removeFirst().get()
  }

  /// Ends the thread; nothing may be taken after that.
  func close() {
    condition.lock()
    isClosed = true
    ready = []
    condition.broadcast()
    condition.unlock()
  }

  private func fill(_ places: [Int]) {
    for index in places {
      let result = Result { try source.batch(index) }
      condition.lock()
      while ready.count >= ahead, !isClosed { condition.wait() }
      let ends = isClosed
      if !ends { ready.append(result) }
      condition.broadcast()
      condition.unlock()
      if ends { return }
      if case .failure = result { return }
    }
  }
}
