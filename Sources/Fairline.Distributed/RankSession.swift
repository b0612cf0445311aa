import CFairlineMPI
import Fairline
import Foundation

/// The part that this process has in a job of several ranks, from the beginning to its end.
package final class RankSession {
  /// Which of the ranks this is.
  package let launch: RankLaunch
  /// How the ranks train together.
  package let exchange: RankExchange
  private let transport: any Transport
  private let pulse: Pulse?

  /// Joins the job, and makes sure that all ranks are the same program with the same settings.
  ///
  /// - Parameters:
  ///   - program: the name for errors.
  ///   - heartbeatTimeout: seconds after which a silent rank ends the job; never when not positive.
  ///   - inHalves: whether gradients and changes of parameters travel rounded to 16 bits.
  ///   - facts: what must be the same on all ranks, and what to do where it is not.
  /// - Throws: `UserError` where there is no MPI library, or ranks differ.
  package convenience init(
    _ launch: RankLaunch, program: String, heartbeatTimeout: Double, inHalves: Bool,
    facts: [(name: String, value: String, remedy: String)]
  ) throws {
    let library = ProcessInfo.processInfo.environment[RankLaunch.libraryVariable]
    try self.init(
      launch, MPITransport(launch, library: library), program: program,
      heartbeatTimeout: heartbeatTimeout, inHalves: inHalves, facts: facts)
  }

  init(
    _ launch: RankLaunch, _ transport: any Transport, program: String, heartbeatTimeout: Double,
    inHalves: Bool, facts: [(name: String, value: String, remedy: String)]
  ) throws {
    self.launch = launch
    self.transport = transport
    let watch = SilenceWatch(transport, program: program)
    pulse =
      heartbeatTimeout > 0
      ? Pulse(transport, timeout: heartbeatTimeout) { watch.tell($0) } : nil
    let messenger = Messenger(transport)
    let role = RankRole(rank: launch.rank, count: launch.count)
    let names = try RankExchange(role, messenger).gather(RankLaunch.host)
      .enumerated().map { "rank \($0.offset) (\($0.element))" }
    watch.name(names)
    exchange = RankExchange(role, messenger, names: names, inHalves: inHalves)
    try exchange.compare(facts)
  }

  /// Ends the job for all ranks, which have come to their end.
  package func end() throws {
    _ = try exchange.gather(true)
    pulse?.end()
    transport.finish()
  }

  /// Ends the job for all ranks because this one cannot go on.
  package func abort(_ code: Int32) {
    transport.abort(code)
    _exit(code)
  }

  /// Seconds that a rank other than the first waits before it tells of an error: what all have, the
  /// first tells, and ends them.
  package static let grace: UInt32 = 3
}

/// Ends the job when ranks are silent: the first of those that are not says so.
private final class SilenceWatch: @unchecked Sendable {
  private let transport: any Transport
  private let program: String
  private let lock = NSLock()
  private var names: [String] = []

  init(_ transport: any Transport, program: String) {
    (self.transport, self.program) = (transport, program)
  }

  func name(_ names: [String]) { lock.withLock { self.names = names } }

  func tell(_ silences: [Pulse.Silence]) {
    let lost = Set(silences.map(\.rank))
    let first = (0..<transport.count).first { !lost.contains($0) }
    let longest = silences.map(\.seconds).max() ?? 0
    if first == transport.rank {
      let names = lock.withLock { self.names }
      let who = silences.map { silence in
        names.indices.contains(silence.rank) ? names[silence.rank] : "rank \(silence.rank)"
      }
      Program.note(
        "\(program): no sign of life from \(who.joined(separator: ", ")) for \(Int(longest)) s "
          + "(--heartbeat-timeout): the job ends; start it again")
    } else {
      // The first one speaks and ends the job, unless it is out of reach.
      sleep(3)
    }
    // Open MPI's own processes wait for a computer that they cannot reach.
    if let starter = RankLaunch.starter { fl_kill_later(starter, 4) }
    let code: Int32 = 75
    Thread.detachNewThread {
      sleep(3)
      _exit(code)
    }
    transport.abort(code)
    _exit(code)
  }
}
