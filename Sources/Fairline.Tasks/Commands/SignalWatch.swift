import Fairline
import Foundation
import Synchronization

/// Turns the first SIGINT or SIGTERM into a wish to stop after the update; the second one ends the program at once.
final class SignalWatch: Sendable {
  private static let received = Atomic<Int32>(0)

  init() {
    for number in [SIGINT, SIGTERM] {
      signal(number) { number in
        let first = SignalWatch.received.exchange(number, ordering: .relaxed)
        if first != 0 { _exit(128 + number) }
      }
    }
  }

  /// What the user wishes, if anything.
  var interruption: Interruption? {
    let number = Self.received.load(ordering: .relaxed)
    return number == 0 ? nil : .stop(signal: number)
  }
}
