import FairlineTensor
import Foundation
import Synchronization

/// The most tensor memory in use over a while, looked at every two milliseconds.
final class MemoryWatch: Sendable {
  private let most = Atomic<Int>(0)
  private let ends = Atomic<Bool>(false)

  /// Begins to watch.
  init() {
    let thread = Thread { [self] in
      while !ends.load(ordering: .relaxed) {
        most.max(Engine.memoryInUse, ordering: .relaxed)
        usleep(2000)
      }
    }
    thread.start()
  }

  /// Ends watching.
  ///
  /// - Returns: bytes.
  func finish() -> Int {
    ends.store(true, ordering: .relaxed)
    return most.load(ordering: .relaxed)
  }
}
