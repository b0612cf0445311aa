import FairlineFoundation
import Foundation
import Synchronization

/// Signs of life between all ranks, from a thread of its own: who is stopped, or cut off, sends
/// none.
///
/// A rank that computes for long, or writes a file, is alive. When the whole job has been stopped
/// for a while, as by a suspended computer, nobody is taken for dead.
package final class Pulse: @unchecked Sendable {
  /// A rank that has been silent.
  package struct Silence: Sendable {
    /// Its number.
    package let rank: Int
    /// For how many seconds.
    package let seconds: Double
  }

  private struct Peer {
    var rank: Int
    var heard: Double
    var hasLeft = false
    var incoming: (any Transfer)?
    var outgoing: (any Transfer)?
  }

  private let transport: any Transport
  private let timeout: Double
  private let silent: @Sendable ([Silence]) -> Void
  private let leaves = Atomic(false)
  private let isOver = Atomic(false)
  // Used by the thread only.
  private var peers: [Peer]
  private let inbox: UnsafeMutablePointer<UInt8>
  private let signs: UnsafeMutablePointer<UInt8>

  /// Begins to send signs.
  ///
  /// - Parameters:
  ///   - timeout: seconds without a sign.
  ///   - silent: told of the ranks that have sent none for so long, again and again; from the
  ///     thread.
  package init(
    _ transport: any Transport, timeout: Double, silent: @escaping @Sendable ([Silence]) -> Void
  ) {
    self.transport = transport
    self.timeout = timeout
    self.silent = silent
    let now = Seconds.now()
    peers = (0..<transport.count).filter { $0 != transport.rank }.map { Peer(rank: $0, heard: now) }
    inbox = .allocate(capacity: transport.count)
    signs = .allocate(capacity: 2)
    signs[0] = Self.alive
    signs[1] = Self.leaving
    Thread.detachNewThread { [self] in beat() }
  }

  deinit {
    inbox.deallocate()
    signs.deallocate()
  }

  private static let alive: UInt8 = 1
  private static let leaving: UInt8 = 2

  /// Takes leave of all ranks, and waits until all have taken theirs.
  package func end() {
    leaves.store(true, ordering: .releasing)
    while !isOver.load(ordering: .acquiring) { usleep(1000) }
  }

  private func beat() {
    let period = min(1, timeout / 4)
    var last = Seconds.now()
    var next = last
    var said = false
    while true {
      let now = Seconds.now()
      if now - last > max(3 * period, timeout / 2) {
        // This process did not run: others may have been stopped with it.
        for index in peers.indices { peers[index].heard = now }
      }
      last = now
      do {
        try hear(now)
        let isLeaving = leaves.load(ordering: .acquiring)
        if isLeaving, !said {
          said = try say(1)
        } else if now >= next, !isLeaving {
          _ = try say(0)
          next = now + period
        }
        if said, peers.allSatisfy(\.hasLeft),
          try peers.allSatisfy({ try $0.outgoing?.isDone() ?? true })
        {
          isOver.store(true, ordering: .releasing)
          return
        }
      } catch {
        // A transport that fails is as silent as one that hangs.
      }
      let lost = peers.filter { !$0.hasLeft && now - $0.heard > timeout }
      if !lost.isEmpty { silent(lost.map { Silence(rank: $0.rank, seconds: now - $0.heard) }) }
      usleep(leaves.load(ordering: .acquiring) ? 1000 : UInt32(min(period / 4, 0.1) * 1e6))
    }
  }

  /// Sends a sign to everybody who has got the last one; false when somebody has not.
  private func say(_ sign: Int) throws -> Bool {
    for peer in peers where try !(peer.outgoing?.isDone() ?? true) {
      if sign == 1 { return false }
    }
    for index in peers.indices where try peers[index].outgoing?.isDone() ?? true {
      peers[index].outgoing = try transport.send(
        UnsafeRawBufferPointer(start: signs + sign, count: 1), to: peers[index].rank, on: .pulse)
    }
    return true
  }

  private func hear(_ now: Double) throws {
    for index in peers.indices where !peers[index].hasLeft {
      let rank = peers[index].rank
      while true {
        if let incoming = peers[index].incoming {
          guard try incoming.isDone() else { break }
          peers[index].heard = now
          peers[index].incoming = nil
          if inbox[rank] == Self.leaving {
            peers[index].hasLeft = true
            break
          }
        }
        peers[index].incoming = try transport.receive(
          into: UnsafeMutableRawBufferPointer(start: inbox + rank, count: 1), from: rank,
          on: .pulse)
      }
    }
  }
}
