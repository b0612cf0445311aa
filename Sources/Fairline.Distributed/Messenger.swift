#if canImport(Glibc)
import Glibc
#endif

/// What ranks do together with messages: everything is made of sending and receiving, so that one
/// code serves every transport and no call blocks.
package final class Messenger {
  private let transport: any Transport
  private var isLost: () throws -> Void

  /// Makes a messenger.
  ///
  /// - Parameter check: called while messages are awaited; throws when they will not come.
  package init(_ transport: any Transport, check: @escaping () throws -> Void = {}) {
    self.transport = transport
    isLost = check
  }

  /// Bytes sent so far.
  package private(set) var bytesSent = 0

  /// The numbers of the other ranks, beginning with the next one, so that not all write to the same
  /// rank at first.
  package var peers: [Int] {
    (1..<max(transport.count, 1)).map { (transport.rank + $0) % transport.count }
  }

  /// Sends and receives memory, and waits until all is done; what is larger goes in several
  /// messages.
  package func exchange(
    sending outgoing: [(peer: Int, bytes: UnsafeRawBufferPointer)],
    receiving incoming: [(peer: Int, bytes: UnsafeMutableRawBufferPointer)]
  ) throws {
    var open: [any Transfer] = []
    for (peer, bytes) in incoming {
      for part in parts(of: bytes.count) {
        open.append(
          try transport.receive(
            into: UnsafeMutableRawBufferPointer(rebasing: bytes[part]), from: peer, on: .data))
      }
    }
    for (peer, bytes) in outgoing {
      bytesSent += bytes.count
      for part in parts(of: bytes.count) {
        open.append(
          try transport.send(
            UnsafeRawBufferPointer(rebasing: bytes[part]), to: peer, on: .data))
      }
    }
    try wait(for: open)
  }

  private func parts(of count: Int) -> [Range<Int>] {
    stride(from: 0, to: count, by: transport.largestMessage).map {
      $0..<min($0 + transport.largestMessage, count)
    }
  }

  /// Waits without taking a core from those who compute for longer than a moment.
  private func wait(for transfers: [any Transfer]) throws {
    var open = transfers
    var turns = 0
    while true {
      open = try open.filter { try !$0.isDone() }
      if open.isEmpty { return }
      turns += 1
      if turns < 200 {
        sched_yield()
      } else {
        try isLost()
        usleep(turns < 2000 ? 50 : 500)
      }
    }
  }

  /// The bytes that each rank brings, in the order of ranks.
  package func gather(_ own: [UInt8]) throws -> [[UInt8]] {
    let peers = peers
    guard !peers.isEmpty else { return [own] }
    // The first message has the length and the beginning.
    let head = Self.head
    let begin = own.prefix(head - 8)
    var length = UInt64(own.count).littleEndian
    var first = withUnsafeBytes(of: &length) { Array($0) } + begin
    first += [UInt8](repeating: 0, count: head - first.count)
    var heads = [UInt8](repeating: 0, count: head * transport.count)
    try first.withUnsafeBytes { first in
      try heads.withUnsafeMutableBytes { heads in
        try exchange(
          sending: peers.map { ($0, first) },
          receiving: peers.map {
            ($0, UnsafeMutableRawBufferPointer(rebasing: heads[($0 * head)..<(($0 + 1) * head)]))
          })
      }
    }
    let lengths = heads.withUnsafeBytes { heads in
      (0..<transport.count).map {
        Int(UInt64(littleEndian: heads.loadUnaligned(fromByteOffset: $0 * head, as: UInt64.self)))
      }
    }
    // What did not fit goes in a second one.
    let rests = (0..<transport.count).map { rank in
      UnsafeMutableRawBufferPointer.allocate(
        byteCount: rank == transport.rank ? 0 : max(lengths[rank] - (head - 8), 0), alignment: 16)
    }
    defer { for rest in rests { rest.deallocate() } }
    try own.dropFirst(head - 8).withUnsafeBytes { rest in
      try exchange(
        sending: rest.isEmpty ? [] : peers.map { ($0, rest) },
        receiving: peers.filter { !rests[$0].isEmpty }.map { ($0, rests[$0]) })
    }
    return (0..<transport.count).map { rank in
      if rank == transport.rank { return own }
      let start = rank * head + 8
      return Array(heads[start..<(start + min(lengths[rank], head - 8))]) + Array(rests[rank])
    }
  }

  /// Bytes of the first message of ``gather(_:)``.
  package static let head = 1024
}
