import FairlineData
import FairlineModels
import FairlineNodeTransformer
import FairlinePrograms
import Fairline
import Foundation

/// A small corpus of made-up words, preprocessed into a folder.
struct TinyData {
  let folder: URL

  var bin: String { folder.appendingPathComponent("bin").path }

  init(in folder: URL, sentences: Int = 90) throws {
    self.folder = folder
    var random = MersenneTwister(seed: 5)
    for (name, count) in [("train", sentences), ("valid", 12), ("test", 12)] {
      var (source, target) = ("", "")
      for _ in 0..<count {
        let words = (0..<(1 + random.next(upTo: 6))).map { _ in "w\(random.next(upTo: 9))" }
        source += words.joined(separator: " ") + "\n"
        target += words.reversed().joined(separator: " ") + "\n"
      }
      try Data(source.utf8).write(to: folder.appendingPathComponent("\(name).en"))
      try Data(target.utf8).write(to: folder.appendingPathComponent("\(name).de"))
    }
    var settings = PreprocessSettings()
    (settings.sourceLang, settings.targetLang) = ("en", "de")
    settings.trainpref = folder.appendingPathComponent("train").path
    settings.validpref = folder.appendingPathComponent("valid").path
    settings.testpref = folder.appendingPathComponent("test").path
    settings.destdir = bin
    settings.joinedDictionary = true
    _ = try Preprocessor(settings).run()
  }

  /// The arguments of a small training with dropout, in the middle of whose epochs anything can
  /// happen.
  func arguments(_ save: String, _ more: [String] = []) -> [String] {
    [
      bin, "--arch", "transformer_tiny", "--encoder-embed-dim", "16", "--dropout", "0.2",
      "--attention-dropout", "0.1", "--optimizer", "adam", "--lr", "0.003", "--lr-scheduler",
      "inverse_sqrt", "--warmup-updates", "4", "--criterion", "label_smoothed_cross_entropy",
      "--label-smoothing", "0.1", "--max-tokens", "60", "--update-freq", "2", "--clip-norm",
      "1", "--log-format", "none", "--save-dir", path(save),
    ] + more
  }

  func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

  /// Trains in this process.
  func train(_ save: String, _ more: [String]) -> Int32 {
    TrainCommand.main(
      plugins: [StandardModels.self, NodeTransformerPlugin.self], arguments: arguments(save, more))
  }
}

/// Every tensor of a file, byte for byte.
func tensorBytes(_ path: String) throws -> [String: [UInt8]] {
  let file = try TensorFile(path: path)
  var result: [String: [UInt8]] = [:]
  for name in file.names { result[name] = try file.withBytes(of: name) { Array($0) } }
  return result
}

/// The programs of the package, as they were built beside the tests.
enum Programs {
  static func url(_ name: String) -> URL {
    URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
      .appendingPathComponent(name)
  }

  /// Runs a program to its end.
  static func run(
    _ name: String, _ arguments: [String], input: String = "",
    environment: [String: String] = [:]
  ) throws -> (code: Int32, output: String, errors: String) {
    try run(url(name), arguments, input: input, environment: environment)
  }

  static func run(
    _ url: URL, _ arguments: [String], input: String = "", in folder: URL? = nil,
    environment: [String: String] = [:]
  ) throws -> (code: Int32, output: String, errors: String) {
    let process = Process()
    process.executableURL = url
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    if let folder { process.currentDirectoryURL = folder }
    return try withTemporaryFile(input) { stdin in
      try withTemporaryFile("") { stdout in
        try withTemporaryFile("") { stderr in
          process.standardInput = try FileHandle(forReadingFrom: stdin)
          process.standardOutput = try FileHandle(forWritingTo: stdout)
          process.standardError = try FileHandle(forWritingTo: stderr)
          try process.run()
          process.waitUntilExit()
          return (
            process.terminationStatus, try String(contentsOf: stdout, encoding: .utf8),
            try String(contentsOf: stderr, encoding: .utf8)
          )
        }
      }
    }
  }

  private static func withTemporaryFile<Result>(
    _ text: String, _ body: (URL) throws -> Result
  ) throws -> Result {
    let url = FileManager.default.temporaryDirectory
      .appendingPathComponent("fairline-\(UUID().uuidString)")
    try Data(text.utf8).write(to: url)
    defer { try? FileManager.default.removeItem(at: url) }
    return try body(url)
  }
}

/// Runs a line of the shell that may name the programs.
func shell(_ command: String, in folder: URL) throws -> (
  code: Int32, output: String, errors: String
) {
  try Programs.run(
    URL(fileURLWithPath: "/bin/bash"), ["-c", command], in: folder,
    environment: ["PATH": Programs.url("").path + ":/usr/bin:/bin"])
}
