import Fairline
import FairlineGeneration
import FairlineModels
import FairlinePrograms
import FairlineTasks

/// Any text through a search with any settings: as many lines come out as go in.
///
/// The first line holds flags, each with its value, the rest is translated. One input of 32 goes
/// through the whole program, which opens the model each time; the others through the parser of
/// the flags and a translator.
struct TranslationTarget: FuzzTarget {
  /// Loaded once, and only read.
  private struct Loaded: @unchecked Sendable { let models: LoadedModels }
  private let loaded: Loaded
  private static let flags = [
    "--beam", "--nbest", "--lenpen", "--unkpen", "--temperature", "--no-repeat-ngram-size",
    "--max-len-a", "--max-len-b", "--min-len", "--diverse-beam-groups", "--diversity-rate",
    "--sampling-topk", "--sampling-topp", "--batch-size", "--buffer-size", "--workers",
  ]

  init() throws {
    try TinyTraining.prepare()
    precondition(
      TinyTraining.run(["--max-update", "1", "--save-dir", "seed"]) == 0, "training failed")
    let catalog = try Catalog([StandardTraining.self, StandardTasks.self, StandardModels.self])
    loaded = Loaded(
      models: try LoadedModels(
        LoadedModels.open("seed/checkpoint_last.safetensors", catalog), catalog))
  }

  func seeds() -> [[UInt8]] {
    let lines = ["--beam 2 --max-len-b 5", "--sampling --seed 3", "--match-source-len"]
    return (lines + Self.flags.map { "\($0) 2" }).map {
      Array("\($0)\na b c\n\nb x \u{1F600}\n".utf8)
    }
  }

  var tokens: [String] { Self.flags + Hostile.numbers + ["--sampling", "--unnormalized"] }

  func read(_ bytes: [UInt8]) throws {
    let end = bytes.firstIndex(of: 0x0A) ?? bytes.endIndex
    let words = String(decoding: bytes[..<end], as: UTF8.self).replacing("/", with: "_")
      .split(separator: " ").map(String.init)
    let sum = bytes.reduce(into: UInt32(0)) { $0 = $0 &* 31 &+ UInt32($1) }
    guard sum % 32 == 0 else {
      let text = String(decoding: bytes[end...].dropFirst(), as: UTF8.self)
      return try translate(
        text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init), words)
    }
    try Files.write(bytes[end...].dropFirst(), "lines")
    var code: Int32 = 0
    let output = try Files.output {
      code = InteractiveCommand.main(
        plugins: [StandardModels.self],
        arguments: words + [
          "--path", "seed/checkpoint_last.safetensors", "--input", "lines", "--plain",
          "--threads", "1",
        ])
    }
    precondition(0...2 ~= code, "exit code \(code)")
    // Flags may print something else instead of working.
    if code != 0 || words.contains(where: { word in Self.asks.contains { word.hasPrefix($0) } }) {
      return
    }
    let lines = bytes[end...].dropFirst()
    let count = lines.split(separator: 0x0A, omittingEmptySubsequences: false).count
    let expected = lines.last == 0x0A || lines.isEmpty ? count - 1 : count
    let found = output.utf8.count { $0 == 0x0A }
    precondition(found == expected, "\(found) lines for \(expected)")
  }

  private func translate(_ lines: [String], _ words: [String]) throws {
    let search = Draft("Generation", GenerationSettings())
    _ = try CommandLineParser(
      program: "fuzz", drafts: [search]
    ).parse(words, ignoringUnknown: true)
    var settings = TranslatorSettings()
    settings.search = search.value
    settings.workers = 1
    let found = try Translator(loaded.models, configuration: settings).translate(lines)
    precondition(found.count == lines.count, "\(found.count) lines for \(lines.count)")
    precondition(found.allSatisfy { !$0.outputs.isEmpty || $0.input.given.count > 16 }, "no output")
  }

  /// Flags that answer a question, or print more lines.
  private static let asks = [
    "--help", "-h", "--version", "--list", "--print-config", "--completion", "--nbest", "--quiet",
  ]
}
