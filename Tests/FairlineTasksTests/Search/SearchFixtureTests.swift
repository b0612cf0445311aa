import Fairline
import FairlineModels
import FairlineTesting
import Foundation
import Testing

/// fairseq's translating programs and Fairline's, line for line.
@Suite(.serialized) struct SearchFixtureTests {
  static let folders = FixtureFolder.all("fairseq-2/search")

  @Test func thereAreFolders() { #expect(!Self.folders.isEmpty) }

  @Test func everyFileIsKnown() {
    let known = ["generate.json", "interactive.json", "constraints.json", "score.json"]
    for folder in Self.folders {
      for url in folder.files(withExtension: "json") {
        #expect((known + ["constraint_states.json"]).contains(url.lastPathComponent), "\(url)")
      }
    }
  }

  @Test(arguments: ["generate.json", "interactive.json", "constraints.json"])
  func linesAreTheReferences(_ file: String) throws {
    for source in Self.folders {
      try withTemporaryFolder { folder in
        let fixture = try SearchFixture(source, in: folder)
        let cases = try fixture.cases(file)
        #expect(!cases.isEmpty)
        for one in cases {
          let name = one["name"]?.stringValue ?? ""
          let found = try fixture.run(one)
          if one["error"] != nil {
            checkRefusal(one, found.code, found.lines, found.errors)
          } else {
            #expect(found.code == 0, "\(name): \(found.errors)")
            try compare(found.lines, one, name)
          }
        }
      }
    }
  }

  /// Where fairseq fails, there is a translation, or one sentence that names the flag.
  private func checkRefusal(
    _ one: JSONValue, _ code: Int32, _ lines: [String], _ errors: String
  ) {
    let name = one["name"]?.stringValue ?? ""
    if name.contains("mmap") {
      #expect(code == 1 && errors.contains("--replace-unk needs the source's words"), "\(name)")
      return
    }
    #expect(code == 0, "\(name): \(errors)")
    let count = one["input"]?.arrayValue?.count ?? 12
    #expect(lines.filter { $0.hasPrefix("S-") }.count == count, "\(name)")
    let answered = Set(lines.filter { $0.hasPrefix("H-") }.map { $0.prefix { $0 != "\t" } })
    #expect(answered.count == count, "\(name)")
    if name.contains("maxlen-short") { #expect(errors.contains("best beginnings"), "\(errors)") }
  }

  private func compare(_ lines: [String], _ one: JSONValue, _ name: String) throws {
    let unstable = Set(try unstableIds(one))
    func counts(_ line: String) -> Bool {
      let id = line.prefix { $0 != "\t" }.split(separator: "-").last.flatMap { Int($0) }
      return !line.hasPrefix("Generate ") && !(id.map(unstable.contains) ?? false)
    }
    let expected = try #require(one["stdout"]?.arrayValue).compactMap(\.stringValue)
    let difference = OutputComparison.difference(
      lines.filter(counts), expected.filter(counts))
    #expect(difference == nil, "\(name): \(difference ?? "")")
    let (total, other) = (
      lines.first { $0.hasPrefix("Generate ") }, expected.first { $0.hasPrefix("Generate ") }
    )
    if name == "sacrebleu" {
      // fairseq reads --sacrebleu and scores as ever.
      #expect(total?.contains(" BLEU = ") == true, "\(total ?? "")")
    } else if unstable.isEmpty {
      #expect(total == other, "\(name)")
    }
  }

  /// Sentences of which fairseq's own result depends on rounding; a case that says nothing about
  /// it has none.
  private func unstableIds(_ one: JSONValue) throws -> [Int] {
    if one["batches"]?.arrayValue == nil { return [] }
    let batches = try one["batches"].elements().filter {
      $0["stable"]?.arrayValue != nil && $0["ids"]?.arrayValue != nil
    }
    return try batches.flatMap { batch in
      zip(try batch["stable"].elements(), try batch["ids"].integers())
        .filter { $0.0.boolValue != true }.map(\.1)
    }
  }

  @Test func scoresAreTheReferences() throws {
    for source in Self.folders {
      let json = try source.json("score.json")
      func path(_ name: String) throws -> String {
        source.url.appendingPathComponent(try #require(json[name]?.stringValue)).path
      }
      let cases = try #require(json["cases"]?.arrayValue)
      #expect(!cases.isEmpty)
      for one in cases where one["error"] == nil {
        let arguments = try #require(one["args"]?.arrayValue).compactMap(\.stringValue)
        let run = try Programs.run(
          "fairline-score", ["--sys", path("sys"), "--ref", path("ref")] + arguments)
        let expected = try #require(one["stdout"]?.arrayValue).compactMap(\.stringValue)
        #expect(run.code == 0, "\(arguments): \(run.errors)")
        #expect(
          run.output.split(separator: "\n").map(String.init) == expected, "\(arguments)")
      }
    }
  }
}
