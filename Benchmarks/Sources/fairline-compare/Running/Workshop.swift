import Foundation

/// Makes commands, and files that trials need, out of what the user gave.
struct Workshop {
  let settings: Settings

  /// One of Fairline's programs.
  func fairline(_ name: String, _ arguments: [String]) -> Command {
    Command(
      program: settings.programs + "/" + name, arguments: arguments,
      environment: settings.level.fairlineEnvironment)
  }

  /// The program that measures training of any shape; it lies beside this one.
  func bench(_ arguments: [String]) -> Command {
    let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    let folder = (own as NSString).deletingLastPathComponent
    return Command(
      program: folder + "/fairline-bench", arguments: arguments,
      environment: settings.level.fairlineEnvironment)
  }

  /// One of the peers' scripts.
  func peer(_ label: String, _ script: String, _ arguments: [String]) -> Contender {
    let file = settings.out + "/peers/" + script
    let command = Command(
      program: settings.python, arguments: [file] + arguments,
      environment: settings.level.peerEnvironment.merging([
        "OMP_NUM_THREADS": "\(settings.threads)"
      ]) { $1 })
    return Contender(label: label, isPeer: true, command: command, reader: .json)
  }

  var threads: [String] { ["--threads", "\(settings.threads)"] }

  /// The number that is asked for at the level that is measured.
  func asked(v3: Double? = nil, v4: Double? = nil) -> Double? {
    switch settings.level {
    case .v3: v3
    case .v4: v4
    case .native: nil
    }
  }

  /// A folder or file that the user has to name.
  ///
  /// - Throws: ``CompareError`` with the flag's name.
  func given(_ path: String?, _ flag: String) throws -> String {
    guard let path else { throw CompareError("give \(flag)") }
    guard FileManager.default.fileExists(atPath: path) else {
      throw CompareError("\(flag): \(path) does not exist")
    }
    return path
  }

  var data: String { get throws { try given(settings.data, "--data") } }
  var model: String { get throws { try given(settings.model, "--model") } }
  var text: String { get throws { try given(settings.text, "--text") } }

  /// Runs a command whose time does not matter.
  @discardableResult
  func run(_ command: Command) throws -> Ended {
    let ended = try ChildProcess.run(command, scratch: settings.work)
    guard ended.code == 0 else {
      throw CompareError("\(command.text) ended with \(ended.code): \(ended.lastWords)")
    }
    return ended
  }

  /// A command for the report: the user's folders have names instead of paths, which differ from
  /// machine to machine.
  func shown(_ command: Command) -> String {
    let folders = [
      (settings.work, "WORK"), (settings.out + "/peers", "peers"), (settings.data, "DATA"),
      (settings.model, "MODEL"), (settings.text, "TEXT"),
    ].compactMap { path, name in path.map { (path: $0, name: name) } }
    return folders.reduce(command.text) { text, folder in
      text.replacing(folder.path, with: folder.name)
    }
  }

  /// A file in the working folder, made when it is not there yet or what it is made from has
  /// changed.
  func made(
    _ name: String, from origins: [String] = [], _ make: (String) throws -> Void
  ) throws -> String {
    let path = settings.work + "/" + Self.fingerprint(origins) + "-" + name
    if !FileManager.default.fileExists(atPath: path) {
      let folder = (path as NSString).deletingLastPathComponent
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      try make(path)
    }
    return path
  }

  /// The model in 8 bit integers, as `fairline-quantize` writes it.
  func quantized(_ folder: String, as name: String) throws -> String {
    let original = folder + "/model.safetensors"
    return try made(name, from: [original]) { path in
      try run(fairline("fairline-quantize", [original, "--to", path]))
    }
  }

  /// Sixteen hexadecimal digits that change with the names, sizes and dates of files.
  private static func fingerprint(_ paths: [String]) -> String {
    let texts = paths.map { path in
      let facts = try? FileManager.default.attributesOfItem(atPath: path)
      return "\(path) \(facts?[.size] ?? "") \(facts?[.modificationDate] ?? "")"
    }
    let hash = texts.joined(separator: "\n").utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) {
      ($0 ^ UInt64($1)) &* 0x100_0000_01b3
    }
    return String(hash, radix: 16)
  }
}
