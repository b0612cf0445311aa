import Foundation

/// A program to run.
struct Command {
  var program: String
  var arguments: [String]
  /// What is laid over the environment; an empty value takes a variable away.
  var environment: [String: String] = [:]

  /// As one would type it, without the program's folder.
  var text: String {
    let words = [(program as NSString).lastPathComponent] + arguments
    return words.map(Self.quoted).joined(separator: " ")
  }

  /// Gives a flag another value.
  mutating func set(_ flag: String, to value: String) {
    guard let place = arguments.firstIndex(of: flag), place + 1 < arguments.count else {
      preconditionFailure("\(flag) is not among the arguments")
    }
    arguments[place + 1] = value
  }

  private static func quoted(_ word: String) -> String {
    let plain = word.allSatisfy { $0.isLetter || $0.isNumber || "-_./=:,+".contains($0) }
    return plain && !word.isEmpty ? word : "'\(word)'"
  }
}

/// What is known of a program that has ended.
struct Ended {
  var output: String
  var errors: String
  var code: Int32
  /// From its start to its end.
  var seconds: Double
  /// The most memory that was resident.
  var peakBytes: Double

  /// The last line that says something.
  var lastWords: String {
    let lines = (errors + "\n" + output).split(separator: "\n").map {
      $0.trimmingCharacters(in: .whitespaces)
    }
    return errors.split(separator: "\n").last.map(String.init) ?? lines.last ?? "nothing was said"
  }
}

/// Runs programs and asks the operating system what they took.
enum ChildProcess {
  /// Runs a program to its end.
  ///
  /// - Throws: ``CompareError`` when it cannot be started.
  static func run(_ command: Command, scratch: String) throws -> Ended {
    let files = (output: scratch + "/output.txt", errors: scratch + "/errors.txt")
    try FileManager.default.createDirectory(atPath: scratch, withIntermediateDirectories: true)
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    let flags = O_WRONLY | O_CREAT | O_TRUNC
    posix_spawn_file_actions_addopen(&actions, 1, files.output, flags, 0o644)
    posix_spawn_file_actions_addopen(&actions, 2, files.errors, flags, 0o644)
    let arguments = ([command.program] + command.arguments).map { strdup($0) }
    let variables = environment(command).map { strdup($0) }
    defer { (arguments + variables).forEach { free($0) } }
    var process = pid_t()
    let start = ContinuousClock.now
    let failure = posix_spawnp(
      &process, command.program, &actions, nil, arguments + [nil], variables + [nil])
    guard failure == 0 else {
      throw CompareError(
        "\(command.program) cannot be started: \(String(cString: strerror(failure)))")
    }
    var (status, usage) = (Int32(), rusage())
    while wait4(process, &status, 0, &usage) < 0 {
      guard errno == EINTR else { throw CompareError("\(command.program) was lost") }
    }
    let time = ContinuousClock.now - start
    let signal = status & 0x7f
    return Ended(
      output: text(files.output), errors: text(files.errors),
      code: signal == 0 ? (status >> 8) & 0xff : 128 + signal,
      seconds: Double(time.components.seconds) + Double(time.components.attoseconds) * 1e-18,
      peakBytes: 1024 * Double(usage.ru_maxrss))
  }

  private static func environment(_ command: Command) -> [String] {
    ProcessInfo.processInfo.environment.merging(command.environment) { $1 }
      .filter { !$0.value.isEmpty }.map { "\($0.key)=\($0.value)" }
  }

  private static func text(_ path: String) -> String {
    String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
  }
}
