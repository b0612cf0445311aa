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

  /// Waits until something holds; the test's time limit ends what never does.
  private func wait(until holds: () -> Bool) {
    while !holds() { usleep(10_000) }
  }

  @Test(.timeLimit(.minutes(2))) func aSilentRankIsFoundAndNoOther() throws {
    let world = ThreadWorld(3)
    let silences = (0..<3).map { _ in Silences() }
    let transports = (0..<3).map { ThreadTransport(world, $0) }
    let pulses = transports.enumerated().map { rank, transport in
      Pulse(transport, timeout: 5) { silences[rank].add($0) }
    }
    world.stop(1)
    wait { [0, 2].allSatisfy { !silences[$0].found.isEmpty } }
    #expect(silences[0].found == [1])
    #expect(silences[2].found == [1])
    withExtendedLifetime(pulses) {}
  }

  @Test(.timeLimit(.minutes(2))) func aCutConnectionIsSilence() throws {
    let world = ThreadWorld(2)
    let silences = Silences()
    let transports = (0..<2).map { ThreadTransport(world, $0) }
    let pulses = transports.map { Pulse($0, timeout: 2) { silences.add($0) } }
    world.cut()
    wait { silences.found == [0, 1] }
    withExtendedLifetime(pulses) {}
  }

  @Test(.timeLimit(.minutes(2))) func ranksThatTakeLeaveAreNotMissed() throws {
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
