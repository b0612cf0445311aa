import Fairline
import FairlineGeneration
import FairlineTesting
import Foundation
import Testing

/// One line in, one line out, for every setting of the search.
@Suite struct WayOutTests {
  private func model(_ data: TinyData) -> String {
    #expect(data.train("model", ["--max-update", "3"]) == 0)
    return data.path("model/checkpoint_last.safetensors")
  }

  static let settings: [[String]] = [
    ["--beam", "2", "--no-repeat-ngram-size", "1", "--min-len", "40"],
    ["--beam", "1", "--no-repeat-ngram-size", "1", "--min-len", "40"],
    ["--beam", "3", "--no-repeat-ngram-size", "1", "--min-len", "40", "--unnormalized"],
    [
      "--beam", "2", "--nbest", "2", "--sampling", "--no-repeat-ngram-size", "1", "--min-len",
      "40",
    ],
    [
      "--beam", "2", "--diverse-beam-groups", "2", "--no-repeat-ngram-size", "1", "--min-len",
      "40",
    ],
    ["--beam", "2", "--diversity-rate", "0.5", "--no-repeat-ngram-size", "1", "--min-len", "40"],
  ]

  @Test func aSearchWithoutAWayOutGivesItsBestPrefix() throws {
    try withTemporaryFolder { folder in
      let data = try TinyData(in: folder)
      let path = model(data)
      for settings in Self.settings {
        let run = try Programs.run("fairline-generate", [data.bin, "--path", path] + settings)
        #expect(run.code == 0, "\(settings) \(run.errors)")
        let lines = run.output.split(separator: "\n")
        for id in 0..<12 {
          let own = lines.filter { $0.hasPrefix("H-\(id)\t") }
          #expect(!own.isEmpty, "\(settings) lost line \(id)")
          let places = lines.filter { $0.hasPrefix("P-\(id)\t") }.map {
            $0.split(separator: "\t")[1].split(separator: " ")
          }
          #expect(places.allSatisfy { $0.last == "0.0000" && $0.count > 3 }, "\(settings)")
        }
        let told = run.errors.components(separatedBy: "12 sentences had no way to an end").count - 1
        #expect(told == 1, "\(settings) \(run.errors)")
        let plain = try Programs.run(
          "fairline-interactive", ["--path", path, "--plain"] + settings, input: "w1 w2\n\nw3\n")
        #expect(plain.output.split(separator: "\n", omittingEmptySubsequences: false).count == 4)
      }
    }
  }

  @Test func aShortlistWithoutAWayOutToo() throws {
    try withTemporaryFolder { folder in
      let data = try TinyData(in: folder)
      let path = model(data)
      let list = data.path("list.safetensors")
      let made = try Programs.run(
        "fairline-shortlist", [data.bin, "--to", list, "--best", "2", "--frequent", "2"])
      #expect(made.code == 0, "\(made.errors)")
      let run = try Programs.run(
        "fairline-generate",
        [
          data.bin, "--path", path, "--shortlist", list, "--no-repeat-ngram-size", "1",
          "--min-len", "12",
        ])
      #expect(run.output.split(separator: "\n").count { $0.hasPrefix("H-") } == 12)
    }
  }

  @Test func blankLinesFollowOneRule() throws {
    try withTemporaryFolder { folder in
      let data = try TinyData(in: folder)
      let path = model(data)
      let text = "w1 w2\n\n \t \u{3000}\nw3\n"
      func answers(_ more: [String]) throws -> [Substring] {
        let run = try Programs.run(
          "fairline-interactive",
          ["--path", path, "--max-len-b", "5", "--min-len", "2", "--plain"] + more, input: text)
        #expect(run.code == 0, "\(run.errors)")
        return run.output.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
      }
      for more in [[], ["--buffer-size", "4"], ["--sampling", "--nbest", "2", "--beam", "2"]] {
        let translated = try answers(more)
        #expect(translated.count == 4 && translated.allSatisfy { !$0.isEmpty })
        let kept = try answers(more + ["--keep-blank-lines"])
        #expect(kept.map(\.isEmpty) == [false, true, true, false], "\(kept)")
        #expect(kept[0] == translated[0] && kept[3] == translated[3])
      }
    }
  }

  @Test func resultsHoldNoNotes() throws {
    try withTemporaryFolder { folder in
      let data = try TinyData(in: folder)
      let path = model(data)
      func run(_ redirection: String) throws -> (code: Int32, output: String, errors: String) {
        try Programs.run(
          URL(fileURLWithPath: "/bin/sh"),
          [
            "-c", "exec \"$0\" \"$@\" \(redirection)",
            Programs.url("fairline-generate").path, data.bin, "--path", path, "--max-len-b", "6",
          ])
      }
      let usual = try run("")
      let closed = try run("2>&-")
      #expect(usual.code == 0 && closed.code == 0)
      #expect(closed.output == usual.output && !closed.output.contains("NOTE"))
      let mute = try run(">&-")
      #expect(mute.code == 1 && mute.errors.contains("standard output cannot be written"))
      let typed = try Programs.run(
        URL(fileURLWithPath: "/bin/sh"),
        ["-c", "exec \"$0\" --path \"$1\" <&-", Programs.url("fairline-interactive").path, path])
      #expect(typed.code == 1 && typed.errors.contains("standard input cannot be read"))
    }
  }

  /// What a program prints it has computed.
  @Test func quietRunsReportNoNumbersThatWereNotComputed() throws {
    try withTemporaryFolder { folder in
      let data = try TinyData(in: folder)
      let path = model(data)
      let flags = ["--path", path, "--beam", "1", "--max-len-b", "6"]
      let typed = try Programs.run("fairline-interactive", flags + ["--quiet"], input: "w1 w2\n")
      #expect(typed.code == 2 && typed.errors.contains("--plain"), "\(typed.errors)")
      #expect(!typed.output.contains("H-"))
      let score = { (more: [String]) in
        try Programs.run("fairline-generate", [data.bin] + flags + more).output
          .split(separator: "\n").last { $0.hasPrefix("Generate") }
      }
      #expect(try score([]) == score(["--quiet"]))
      let plain = try Programs.run(
        "fairline-generate", [data.bin] + flags + ["--plain"])
      let full = try Programs.run("fairline-generate", [data.bin] + flags + ["--keep-order"])
      let texts = full.output.split(separator: "\n").filter { $0.hasPrefix("D-") }
        .map { $0.split(separator: "\t", omittingEmptySubsequences: false).last ?? "" }
      #expect(plain.output == texts.map { "\($0)\n" }.joined())
    }
  }

  @Test func partsOfTheBatchesAreTheWhole() throws {
    try withTemporaryFolder { folder in
      let data = try TinyData(in: folder)
      let path = model(data)
      func lines(_ more: [String]) throws -> Set<Substring> {
        let run = try Programs.run(
          "fairline-generate",
          [data.bin, "--path", path, "--max-len-b", "6", "--batch-size", "2"] + more)
        #expect(run.code == 0, "\(run.errors)")
        return Set(run.output.split(separator: "\n").filter { $0.hasPrefix("H-") })
      }
      let all = try lines([])
      let parts = try (0..<3).map { try lines(["--num-shards", "3", "--shard-id", "\($0)"]) }
      #expect(all.count == 12 && parts.reduce(0) { $0 + $1.count } == 12)
      #expect(parts.reduce(into: Set()) { $0.formUnion($1) } == all)
      let wrong = try Programs.run(
        "fairline-generate", [data.bin, "--path", path, "--num-shards", "2", "--shard-id", "2"])
      #expect(wrong.code == 2 && wrong.errors.contains("--shard-id 2"), "\(wrong.errors)")
    }
  }
}
