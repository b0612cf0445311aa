import FairlineDistributed
import FairlineFoundation
import Foundation
import Synchronization
import Testing

/// Signs of life.
@Suite struct PulseTests {
  private final class Silences: Sendable {
    private let ranks = Mutex<Set<Int>>([])
    var found: Set<Int> { ranks.withLock { $0 } }
    func add(_ silences: [Pulse.Silence]) {
      ranks.withLock { $0.formUnion(silences.map(\.rank)) }
    }
  }

  /// Waits until something holds, for ten minutes at most; false when it did not come to hold.
  ///
  /// A time limit of the test would count what it waits for other tests, too.
  private func wait(until holds: () -> Bool) -> Bool {
    let start = ContinuousClock.now
    while !holds() {
      if ContinuousClock.now - start > .seconds(600) { return false }
      usleep(10_000)
    }
    return true
  }

  @Test func aSilentRankIsFoundAndNoOther() throws {
    let world = ThreadWorld(3)
    let silences = (0..<3).map { _ in Silences() }
    let transports = (0..<3).map { ThreadTransport(world, $0) }
    let pulses = transports.enumerated().map { rank, transport in
      Pulse(transport, timeout: 5) { silences[rank].add($0) }
    }
    world.stop(1)
    #expect(wait { [0, 2].allSatisfy { !silences[$0].found.isEmpty } })
    #expect(silences[0].found == [1])
    #expect(silences[2].found == [1])
    withExtendedLifetime(pulses) {}
  }

  @Test func aCutConnectionIsSilence() throws {
    let world = ThreadWorld(2)
    let silences = Silences()
    let transports = (0..<2).map { ThreadTransport(world, $0) }
    let pulses = transports.map { Pulse($0, timeout: 2) { silences.add($0) } }
    world.cut()
    #expect(wait { silences.found == [0, 1] })
    withExtendedLifetime(pulses) {}
  }

  @Test func ranksThatTakeLeaveAreNotMissed() throws {
    let world = ThreadWorld(3)
    let silences = Silences()
    _ = try world.run { transport in
      let pulse = Pulse(transport, timeout: 30) { silences.add($0) }
      usleep(UInt32(200_000 * transport.rank))
      pulse.end()
    }
    #expect(silences.found.isEmpty)
    #expect(world.leftOver == 0)
  }
}
