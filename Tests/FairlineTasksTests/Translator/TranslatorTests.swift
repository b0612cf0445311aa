import Fairline
import FairlineData
import FairlineGeneration
import FairlineModels
import FairlineTasks
import FairlineTesting
import Foundation
import Testing

/// Text to hypotheses as a value.
@Suite struct TranslatorTests {
  private static let lines = (0..<23).map { number in
    (0...(number % 7)).map { "w\(($0 * 5 + number) % 9)" }.joined(separator: " ")
  }

  private func withModel(_ body: (String) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("fairline-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let data = try TinyData(in: folder)
    try #require(data.train("model", ["--max-update", "6"]) == 0)
    try await body(data.path("model/checkpoint_last.safetensors"))
  }

  private func translator(
    _ path: String, _ change: (inout TranslatorSettings) -> Void = { _ in }
  ) throws -> Translator {
    var configuration = TranslatorSettings()
    configuration.search.beam = 3
    configuration.search.maxLenB = 9
    change(&configuration)
    return try Translator(
      path, Catalog([StandardTasks.self, StandardModels.self]), configuration: configuration)
  }

  @Test func manyCallsGetTheirOwnLines() async throws {
    try await withModel { path in
      let translator = try translator(path) { $0.search.printAlignment = .hard }
      let alone = try Self.lines.map { try translator.translateNow($0) }
      #expect(alone.allSatisfy { $0.outputs.count == 3 })
      #expect(Set(alone.map { $0.outputs[0].score }).count > 1)
      let together = try translator.translateNow(Self.lines)
      #expect(together.map(\.text) == alone.map(\.text))
      #expect(together.map { $0.outputs.map(\.score) } == alone.map { $0.outputs.map(\.score) })
      let many = try await withThrowingTaskGroup(of: (Int, Translation).self) { group in
        for (place, line) in Self.lines.enumerated() {
          group.addTask { (place, try await translator.translate(line)) }
        }
        return try await group.reduce(into: [Int: Translation]()) { $0[$1.0] = $1.1 }
      }
      for (place, one) in alone.enumerated() {
        #expect(many[place] == one)
        let best = one.outputs[0]
        #expect(best.text == best.symbols.joined(separator: " "))
        #expect(best.hypothesis.tokens.count == best.hypothesis.positionalScores.count)
        #expect(best.alignment.allSatisfy { $0.source < one.input.source.count })
        #expect(best.alignment.count == best.symbols.count)
      }
      #expect(try await translator.translate([]).isEmpty)
    }
  }

  @Test func workersAndLimitsChangeNothing() async throws {
    try await withModel { path in
      let expected = try translator(path).translateNow(Self.lines)
      for workers in [1, 3] {
        let other = try translator(path) { $0.workers = workers }
        #expect(try other.translateNow(Self.lines) == expected)
        let limits = BatchLimits(maxSentences: 2, requiredMultiple: 1)
        #expect(try other.translateNow(Self.lines, limits: limits) == expected)
      }
    }
  }

  @Test func overlongLinesAndUnknownWordsAreTold() async throws {
    try await withModel { path in
      let translator = try translator(path)
      let long = Array(repeating: "w1", count: 2000).joined(separator: " ")
      let found = try translator.translateNow(["w1 unheard of", long, "w2"])
      #expect(found.map(\.outputs.isEmpty) == [false, true, false])
      #expect(found[0].unknownCount == 2 && found[1].text == "")
      #expect(throws: UserError.self) {
        try self.translator(path) { $0.search.scoreReference = true }.translateNow("w1")
      }
      for workers in [-1, 1025, Int.max] {
        #expect(throws: OptionError.self) { try self.translator(path) { $0.workers = workers } }
      }
      #expect(throws: UserError.self) {
        try translator.translateNow(["w1", "w2"], first: .max - 1)
      }
    }
  }

  @Test func programsPrintOneLineForOne() async throws {
    try await withModel { path in
      let expected = try translator(path).translateNow(Self.lines).map(\.text)
      let flags = ["--path", path, "--beam", "3", "--max-len-b", "9", "--plain"]
      for buffer in ["1", "5", "100"] {
        let run = try Programs.run(
          "fairline-interactive", flags + ["--buffer-size", buffer],
          input: Self.lines.map { $0 + "\r\n" }.joined())
        #expect(run.code == 0, "\(run.errors)")
        #expect(run.output == expected.map { $0 + "\n" }.joined())
      }
      let bin = URL(fileURLWithPath: path).deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("bin").path
      let full = try Programs.run(
        "fairline-generate", [bin] + flags.dropLast() + ["--keep-order"])
      let plain = try Programs.run("fairline-generate", [bin] + flags)
      #expect(plain.code == 0, "\(plain.errors)")
      let detokenized = full.output.split(separator: "\n").filter { $0.hasPrefix("D-") }.map {
        $0.split(separator: "\t", omittingEmptySubsequences: false).last ?? ""
      }
      #expect(detokenized.count == 12)
      #expect(plain.output == detokenized.map { $0 + "\n" }.joined())
    }
  }
}

extension Translator {
  /// The call that waits, in an asynchronous test.
  fileprivate func translateNow(
    _ lines: [String], first: Int = 0, limits: BatchLimits? = nil
  ) throws -> [Translation] { try translate(lines, first: first, limits: limits) }

  fileprivate func translateNow(_ line: String) throws -> Translation { try translate(line) }
}
