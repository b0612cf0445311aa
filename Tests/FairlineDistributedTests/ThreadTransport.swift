import FairlineDistributed
import FairlineFoundation
import Foundation

/// Ranks in one process, whose messages are copied.
final class ThreadWorld: @unchecked Sendable {
  struct Address: Hashable {
    var from: Int
    var to: Int
    var channel: Channel
  }

  let count: Int
  let largestMessage: Int
  private let lock = NSLock()
  private var messages: [Address: [[UInt8]]] = [:]
  private var stopped: Set<Int> = []
  private var codes: [Int: Int32] = [:]
  private var broken = false

  init(_ count: Int, largestMessage: Int = 1 << 20) {
    (self.count, self.largestMessage) = (count, largestMessage)
  }

  func put(_ bytes: [UInt8], _ address: Address) throws {
    try lock.withLock {
      if broken { throw UserError("the connection is broken") }
      // A rank that is stopped sends nothing.
      if !stopped.contains(address.from) { messages[address, default: []].append(bytes) }
    }
  }

  func take(_ address: Address) throws -> [UInt8]? {
    try lock.withLock {
      if broken { throw UserError("the connection is broken") }
      guard let first = messages[address]?.first else { return nil }
      messages[address]?.removeFirst()
      return first
    }
  }

  /// From now on a rank sends nothing.
  func stop(_ rank: Int) { lock.withLock { _ = stopped.insert(rank) } }

  /// From now on nothing is sent or received.
  func cut() { lock.withLock { broken = true } }

  func abort(_ rank: Int, _ code: Int32) { lock.withLock { codes[rank] = code } }

  /// Messages that nobody has received.
  var leftOver: Int { lock.withLock { messages.values.reduce(0) { $0 + $1.count } } }

  /// What each rank's body gives, run on a thread of its own.
  func run<Result>(_ body: @escaping (ThreadTransport) throws -> Result) throws -> [Result] {
    let done = DispatchGroup()
    let results = NSLock()
    nonisolated(unsafe) var all: [Int: Swift.Result<Result, any Error>] = [:]
    nonisolated(unsafe) let body = body
    for rank in 0..<count {
      done.enter()
      Thread.detachNewThread { [self] in
        nonisolated(unsafe) let result = Swift.Result {
          try body(ThreadTransport(self, rank))
        }
        results.withLock { all[rank] = result }
        done.leave()
      }
    }
    done.wait()
    return try (0..<count).map { rank in
      guard let result = all[rank] else { throw UserError("rank \(rank) gave nothing") }
      return try result.get()
    }
  }
}

/// One rank of a ``ThreadWorld``.
final class ThreadTransport: Transport {
  let rank: Int
  let world: ThreadWorld
  var count: Int { world.count }
  var largestMessage: Int { world.largestMessage }

  init(_ world: ThreadWorld, _ rank: Int) { (self.world, self.rank) = (world, rank) }

  private final class Sent: Transfer {
    func isDone() throws -> Bool { true }
  }

  /// Is done when the message is there and all that were awaited before it have come.
  private final class Awaited: Transfer {
    let world: ThreadWorld
    let address: ThreadWorld.Address
    let memory: UnsafeMutableRawBufferPointer
    let before: Awaited?
    var isOver = false

    init(
      _ world: ThreadWorld, _ address: ThreadWorld.Address,
      _ memory: UnsafeMutableRawBufferPointer, _ before: Awaited?
    ) {
      (self.world, self.address, self.memory) = (world, address, memory)
      self.before = before
    }

    func isDone() throws -> Bool {
      if isOver { return true }
      if let before, try !before.isDone() { return false }
      guard let bytes = try world.take(address) else { return false }
      precondition(bytes.count == memory.count, "a message of another size was expected")
      memory.copyBytes(from: bytes)
      isOver = true
      return true
    }
  }

  private let lock = NSLock()
  nonisolated(unsafe) private var last: [ThreadWorld.Address: Awaited] = [:]

  func send(
    _ bytes: UnsafeRawBufferPointer, to peer: Int, on channel: Channel
  ) throws -> any Transfer {
    precondition(bytes.count <= largestMessage, "a message is too large")
    try world.put(
      Array(bytes), ThreadWorld.Address(from: rank, to: peer, channel: channel))
    return Sent()
  }

  func receive(
    into bytes: UnsafeMutableRawBufferPointer, from peer: Int, on channel: Channel
  ) throws -> any Transfer {
    let address = ThreadWorld.Address(from: peer, to: rank, channel: channel)
    return lock.withLock {
      let message = Awaited(world, address, bytes, last[address].flatMap { $0.isOver ? nil : $0 })
      last[address] = message
      return message
    }
  }

  func abort(_ code: Int32) { world.abort(rank, code) }

  func finish() {}
}
