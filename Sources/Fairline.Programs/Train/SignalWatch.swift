public import Fairline
import Foundation
import Synchronization

/// Turns the first SIGINT, SIGTERM or SIGHUP into a wish to stop after the update, and SIGUSR1 into
/// a wish to save; a second one that ends programs ends this one at once.
///
/// SIGHUP is left alone where it is ignored, as under `nohup`.
public final class SignalWatch: Sendable {
  private static let received = Atomic<Int32>(0)
  private static let asksToSave = Atomic<Bool>(false)

  /// Catches the signals from now on.
  public init() {
    var wanted = sigset_t()
    sigemptyset(&wanted)
    let ending = [SIGINT, SIGTERM] + (Self.isIgnored(SIGHUP) ? [] : [SIGHUP])
    for number in ending + [SIGUSR1] { sigaddset(&wanted, number) }
    // Whoever started the program may have blocked them.
    pthread_sigmask(SIG_UNBLOCK, &wanted, nil)
    signal(SIGUSR1) { _ in SignalWatch.asksToSave.store(true, ordering: .relaxed) }
    for number in ending {
      signal(number) { number in
        let first = SignalWatch.received.exchange(number, ordering: .relaxed)
        if first != 0 { _exit(128 + number) }
      }
    }
  }

  private static func isIgnored(_ number: Int32) -> Bool {
    var action = sigaction()
    guard sigaction(number, nil, &action) == 0 else { return false }
    let ignored = unsafeBitCast(SIG_IGN, to: Int.self)
    return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == ignored
  }

  /// What the user wishes, if anything; for `Trainer`.
  public var interruption: Interruption? {
    let number = Self.received.load(ordering: .relaxed)
    if number != 0 { return .stop(signal: number) }
    return Self.asksToSave.exchange(false, ordering: .relaxed) ? .save : nil
  }
}
