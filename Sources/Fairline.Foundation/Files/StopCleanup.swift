import Foundation
import Synchronization

/// Removes a folder under construction when the program is told to end.
///
/// SIGINT, SIGTERM and SIGHUP end the program as they would without it, but first the folder goes.
/// Those that whoever started the program ignores, as `nohup` does, are left alone. A pipe for
/// notes that nobody reads any more does not end the program.
package final class StopCleanup: Sendable {
  private let folder = Mutex<String?>(nil)
  /// Where the handler, which may do little else, writes the signal's number.
  private static let channel = Atomic<Int32>(-1)

  /// Nothing to remove yet.
  package init() {}

  /// Takes the signals from now on.
  package func catchSignals() {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    Self.channel.store(ends[1], ordering: .sequentiallyConsistent)
    signal(SIGPIPE, SIG_IGN)
    for number in [SIGINT, SIGTERM, SIGHUP] where !Self.isIgnored(number) {
      signal(number) { number in
        var byte = UInt8(truncatingIfNeeded: number)
        _ = write(StopCleanup.channel.load(ordering: .sequentiallyConsistent), &byte, 1)
      }
    }
    let reading = ends[0]
    Thread.detachNewThread {
      var byte: UInt8 = 0
      var count = 0
      repeat { count = read(reading, &byte, 1) } while count < 0 && errno == EINTR
      guard count == 1 else { return }
      let number = Int32(byte)
      // The folder stays locked, so that nothing puts it into the place of another one any more.
      self.folder.withLock { path in
        Self.remove(path)
        signal(number, SIG_DFL)
        kill(getpid(), number)
        sleep(10)
        _exit(128 + number)
      }
    }
  }

  /// Names the folder that is under construction; nil when there is none any more.
  package func watch(_ path: String?) { folder.withLock { $0 = path } }

  /// Does what must not be broken off: a signal waits for its end.
  package func untouched<Result>(_ body: () throws -> Result) rethrows -> Result {
    try folder.withLock { _ in try body() }
  }

  /// Removes the folder, if there is one.
  package func removeFolder() { folder.withLock { Self.remove($0) } }

  /// Removes a folder to which others may be writing.
  private static func remove(_ path: String?) {
    guard let path else { return }
    for _ in 0..<10 where Paths.exists(path) { Paths.remove(path) }
  }

  private static func isIgnored(_ number: Int32) -> Bool {
    var action = sigaction()
    guard sigaction(number, nil, &action) == 0 else { return false }
    let ignored = unsafeBitCast(SIG_IGN, to: Int.self)
    return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == ignored
  }
}
