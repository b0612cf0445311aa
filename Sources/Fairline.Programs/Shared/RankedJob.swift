import Fairline
import FairlineDistributed
import FairlineTensor
import Foundation

/// How ranks watch each other.
struct RankSettings: Configuration {
  /// Seconds after which a silent rank ends the job; never when not positive.
  var heartbeatTimeout = 20.0

  static var options: [Option<Self>] {
    [
      Option(
        "heartbeat-timeout", \.heartbeatTimeout, in: .from(-1, to: 86_400),
        "with several ranks: seconds without a sign of life from one of them after which all end; "
          + "-1 for never")
    ]
  }
}

/// The place of this process among the ranks of a job: one voice for all of them.
///
/// What all ranks have to say, the first one says. The others keep quiet, and tell of an error only
/// when the first one has not ended the job for it.
final class RankedJob {
  private let launch: RankLaunch
  private var session: RankSession?

  /// Takes its place; nil for a process that is alone.
  init?() {
    guard let launch = RankLaunch(ProcessInfo.processInfo.environment) else { return nil }
    self.launch = launch
  }

  /// Whether this rank prints.
  var speaks: Bool { launch.rank == 0 }

  /// Runs a program's body and gives its exit code.
  func run(_ program: String, _ body: () throws -> Void) -> Int32 {
    let code = Program.run(program) {
      do {
        try body()
        try session?.end()
      } catch  where !speaks {
        sleep(RankSession.grace)
        throw UserError("rank \(launch.rank) (\(RankLaunch.host)): \(error)")
      }
    }
    if code != 0 { session?.abort(code) }
    return code
  }

  /// Reads the command line, about which the first rank alone has something to say.
  func quietly<Result>(_ body: () throws -> Result) rethrows -> Result {
    guard !speaks else { return try body() }
    let saved = [STDOUT_FILENO, STDERR_FILENO].map { ($0, dup($0)) }
    let nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC)
    for (number, _) in saved where nowhere >= 0 { dup2(nowhere, number) }
    defer {
      for (number, copy) in saved where copy >= 0 {
        dup2(copy, number)
        close(copy)
      }
      if nowhere >= 0 { close(nowhere) }
    }
    return try body()
  }

  /// Chooses as many threads as the ranks of this computer leave each other, unless the user has
  /// chosen, and says where the launcher gives less.
  func chooseThreads(_ threads: Int, _ program: String) {
    guard let count = RankLaunch.allowedCores else { return }
    let cores = sysconf(Int32(_SC_NPROCESSORS_ONLN))
    if let warning = launch.shortfall(allowed: count, cores: cores, threads: threads) {
      Program.note("\(program): \(warning)")
    }
    if threads == 0 {
      Parallel.setThreadCount(max(1, min(count, cores / launch.countHere)))
    }
  }

  /// Joins the other ranks.
  ///
  /// - Parameters:
  ///   - settings: the resolved command line.
  ///   - inHalves: whether what travels is rounded to 16 bits.
  /// - Throws: `UserError` where there is no MPI library, or ranks differ in program or settings.
  func join(
    _ program: String, _ ranks: RankSettings, settings: JSONValue, inHalves: Bool = false
  ) throws -> RankExchange {
    let session = try RankSession(
      launch, program: program, heartbeatTimeout: ranks.heartbeatTimeout, inHalves: inHalves,
      facts: try Self.facts(settings))
    self.session = session
    return session.exchange
  }

  /// How much this rank has sent, in a sentence.
  var traffic: String {
    let megabytes = NumberText.fixed(Double(session?.exchange.bytesSent ?? 0) / 1e6, 1)
    return "rank \(launch.rank) sent \(megabytes) MB to the others"
  }

  /// Settings that say nothing about what is computed.
  private static let ownSettings: Set = ["threads", "log-file", "metrics-file"]

  private static func facts(
    _ settings: JSONValue
  ) throws -> [(name: String, value: String, remedy: String)] {
    let image = try MappedFile("/proc/self/exe").withBytes { XXH64.text(XXH64.hash($0)) }
    let level = "\(Engine.instructionSet), BLAS kernel \(Engine.blasKernel)"
    var facts = [
      (
        "program", Program.fairlineVersion + image,
        "install the same build of Fairline on every computer"
      ),
      (
        "processor's instructions", level,
        "give all of them the lowest level with mpirun -x FAIRLINE_CPU_LEVEL=x86-64-v3"
      ),
    ]
    guard case .object(let members) = settings else { return facts }
    let common = members.filter { !ownSettings.contains($0.0) }
    let remedy = "start all ranks with the same command line"
    facts.append(("kinds of settings", common.map(\.0).joined(separator: " "), remedy))
    facts += common.map { ("--\($0.0)", $0.1.compactText, remedy) }
    return facts
  }
}
