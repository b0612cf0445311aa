import Fairline
import FairlineTesting
import Foundation
import Testing

/// The lines that translating programs print, byte for byte.
@Suite struct OutputLineTests {
  private static let count = 9

  private func sentences(_ file: URL) throws -> ArraySlice<JSONValue> {
    let all = try #require(try FixtureModels.json(file)["sentences"]?.arrayValue)
    #expect(!all.isEmpty)
    return all.prefix(Self.count)
  }

  private func translate(_ file: URL, _ more: [String]) throws -> [String] {
    let model = file.deletingLastPathComponent().appendingPathComponent("model.safetensors").path
    let text = try sentences(file).map { ($0["source"]?.stringValue ?? "") + "\n" }.joined()
    let beam = try FixtureModels.json(file)["beam"]?.integerValue ?? 5
    let run = try Programs.run(
      "fairline-interactive", ["--path", model, "--beam", "\(beam)"] + more, input: text)
    #expect(run.code == 0, "\(run.errors)")
    return run.output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  @Test(arguments: TrainedModelTests.cases) func linesAreTheReferences(_ file: URL) throws {
    let lines = try translate(file, ["--buffer-size", "4"])
    let sentences = try Array(sentences(file))
    #expect(lines.count == 5 * sentences.count + 1 && lines.last == "")
    for (id, sentence) in sentences.enumerated() {
      let own = lines[(5 * id)..<(5 * id + 5)].map {
        $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      }
      let best = sentence["nbest"]?.arrayValue?.first
      let text = try #require(best?["text"]?.stringValue)
      #expect(own[0] == ["S-\(id)", try #require(sentence["pieces"]?.stringValue)])
      #expect(own[1].count == 3 && own[1][0] == "W-\(id)" && own[1][2] == "seconds")
      #expect(own[2].count == 3 && own[2][0] == "H-\(id)")
      #expect(own[2][2].replacing(" ", with: "").replacing("▁", with: " ") == " " + text)
      #expect(own[3] == ["D-\(id)", own[2][1], text])
      // A score is the double that a single-precision number is, in base 2.
      let score = try #require(Double(own[2][1]))
      #expect(Double(Float(score)) == score)
      let expected = (best?["score"]?.doubleValue ?? .nan) / log(2)
      #expect(abs(score - expected) < 2e-3)
      let positional = (best?["positional_scores"]).numbers.map { $0 / log(2) }
      #expect(own[4].count == 2 && own[4][0] == "P-\(id)")
      let printed = own[4][1].split(separator: " ")
      #expect(printed.allSatisfy { $0.split(separator: ".").last?.count == 4 })
      #expect(printed.count == positional.count)
      #expect(zip(printed, positional).allSatisfy { abs((Double($0) ?? .nan) - $1) < 8e-3 })
    }
  }

  @Test(arguments: TrainedModelTests.cases) func buffersAndWorkersChangeNothing(
    _ file: URL
  ) throws {
    let draw = ["--sampling", "--nbest", "3", "--beam", "3", "--sampling-topk", "5"]
    for more in [[], draw] {
      let results = try [
        ["--buffer-size", "1"], ["--buffer-size", "5", "--workers", "2"],
        ["--buffer-size", "20", "--workers", "1"],
      ].map { try translate(file, more + $0).filter { !$0.hasPrefix("W-") } }
      #expect(results[0] == results[1] && results[0] == results[2])
    }
  }

  @Test(arguments: TrainedModelTests.cases) func alignmentsPointIntoBothSentences(
    _ file: URL
  ) throws {
    let hard = try translate(file, ["--print-alignment", "--buffer-size", "3"])
    let soft = try translate(file, ["--print-alignment", "soft", "--buffer-size", "3"])
    for (id, sentence) in try sentences(file).enumerated() {
      let sources = sentence["src_ids"]?.symbols.count ?? 0
      let targets = sentence["nbest"]?.arrayValue?.first?["tokens"]?.symbols.count ?? 0
      let pairs = try #require(hard.first { $0.hasPrefix("A-\(id)\t") }).dropFirst(
        "A-\(id)\t".count
      )
      .split(separator: " ").map { $0.split(separator: "-").compactMap { Int($0) } }
      #expect(pairs.map { $0.last } == Array(0..<(targets - 1)))
      #expect(pairs.allSatisfy { $0.count == 2 && (0..<(sources - 1)).contains($0[0]) })
      let rows = try #require(soft.first { $0.hasPrefix("A-\(id)\t") }).dropFirst("A-\(id)\t".count)
        .split(separator: " ").map { $0.split(separator: ",").compactMap { Double($0) } }
      #expect(rows.count == targets)
      #expect(rows.allSatisfy { $0.count == sources && abs($0.reduce(0, +) - 1) < 1e-4 })
    }
  }
}
