import FairlineTesting
import Foundation
import Testing

/// The commands of the README, run as a reader would, on a little text.
@Suite struct ReadmeTests {
  /// The `sh` blocks of the README, in order.
  private static func blocks() throws -> [String] {
    var root = URL(fileURLWithPath: #filePath)
    while !FileManager.default.fileExists(
      atPath: root.appendingPathComponent("Package.swift").path)
    {
      root.deleteLastPathComponent()
    }
    let text = try String(contentsOf: root.appendingPathComponent("README.md"), encoding: .utf8)
    return text.components(separatedBy: "```sh\n").dropFirst().compactMap {
      $0.components(separatedBy: "\n```").first
    }
  }

  /// Only what takes long is made shorter: nothing is built again, few updates are made, and so
  /// little text has fewer pieces.
  private static func shortened(_ block: String) throws -> String {
    let lines = block.replacing("swift build -c release\n", with: "")
    return lines.replacing("--max-epoch 4", with: "--max-update 4")
      .replacing("--sentencepiece-vocab-size 160", with: "--sentencepiece-vocab-size 100")
  }

  @Test(.timeLimit(.minutes(15))) func everyCommandRuns() throws {
    let blocks = try Self.blocks()
    #expect(blocks.count == 3)
    let script = try blocks.map(Self.shortened).joined(separator: "\n")
    #expect(script.contains("--max-update 4") && !script.contains("swift build"))
    try withTemporaryFolder { folder in
      let text = folder.appendingPathComponent("quickstart/text")
      try FileManager.default.createDirectory(at: text, withIntermediateDirectories: true)
      for (name, count) in [("train", 400), ("valid", 20), ("test", 20)] {
        var (english, german) = ("", "")
        for number in 0..<count {
          let words = Self.words(number * 7919 % 10_000)
          english += words.english + "\n"
          german += words.german + "\n"
        }
        try english.write(
          to: text.appendingPathComponent(name + ".en"), atomically: true, encoding: .utf8)
        try german.write(
          to: text.appendingPathComponent(name + ".de"), atomically: true, encoding: .utf8)
      }
      let products = folder.appendingPathComponent(".build/release")
      try FileManager.default.createDirectory(
        at: products.deletingLastPathComponent(), withIntermediateDirectories: true)
      try FileManager.default.createSymbolicLink(
        at: products, withDestinationURL: Programs.url("").standardizedFileURL)
      let run = try Programs.run(
        URL(fileURLWithPath: "/bin/bash"), ["-euo", "pipefail", "-c", script], in: folder)
      #expect(run.code == 0, "\(run.errors.suffix(2000))")
      let lines = run.output.split(separator: "\n", omittingEmptySubsequences: false)
      #expect(lines.count { $0.hasPrefix("H-") } == 20)
      #expect(run.output.contains("BLEU"))
      for file in ["small.safetensors", "short.safetensors", "output.de"] {
        #expect(
          FileManager.default.fileExists(atPath: folder.appendingPathComponent(file).path))
      }
    }
  }

  /// A number digit by digit, in both languages.
  private static func words(_ number: Int) -> (english: String, german: String) {
    let english = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
    let german = [
      "null", "eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun",
    ]
    let digits = String(number).compactMap(\.wholeNumberValue)
    return (
      digits.map { english[$0] }.joined(separator: " "),
      digits.map { german[$0] }.joined(separator: " ")
    )
  }
}
