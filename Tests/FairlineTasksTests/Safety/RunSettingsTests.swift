import Fairline
import FairlineTasks
import FairlineTesting
import Foundation
import Testing

/// A checkpoint carries what the model is; how data are read is the running program's affair.
@Suite struct RunSettingsTests {
  @Test func theyAreSettings() throws {
    let all = try #require(JSONValue(encoding: TranslationSettings()).objectKeys)
    // Settings that are none at first are not among them.
    let none = ["evalBleuRemoveBpe"]
    for name in TranslationSettings.settingsOfTheRun where !none.contains(name) {
      #expect(all.contains(name), "there is no setting \(name)")
    }
  }

  @Test func aCheckpointDoesNotCarryThem() throws {
    let draft = Draft("Task", TranslationSettings())
    draft.value.truncateSource = true
    draft.value.upsamplePrimary = 7
    draft.value.loadAlignments = true
    draft.value.maxSourcePositions = 9
    let saved = try draft.settings()
    #expect(saved["truncateSource"] == nil && saved["upsamplePrimary"] == nil)
    #expect(saved["loadAlignments"] == nil && saved["maxSourcePositions"] != nil)
    let other = Draft("Task", TranslationSettings())
    // Those of earlier versions do.
    try other.restore(["truncateSource": true, "upsamplePrimary": 7, "maxSourcePositions": 9])
    #expect(!other.value.truncateSource && other.value.upsamplePrimary == 1)
    #expect(other.value.maxSourcePositions == 9)
  }

  /// A model for sources of 5 symbols, and the longest line of the test set in words.
  private func short(_ data: TinyData, _ more: [String] = []) throws -> String {
    let flags = ["--max-source-positions", "5", "--max-update", "1", "--disable-validation"]
    #expect(data.train("short", flags + more) == 0)
    return data.path("short/checkpoint_last.safetensors")
  }

  private func longestSource(_ output: String) -> Int {
    output.split(separator: "\n").filter { $0.hasPrefix("S-") }
      .map { $0.split(separator: " ").count }.max() ?? 0
  }

  @Test func sourcesAreCutWhereThatIsAskedFor() throws {
    try withTemporaryFolder { folder in
      let data = try TinyData(in: folder)
      let model = try short(data, ["--truncate-source"])
      let flags = [data.bin, "--path", model, "--max-len-b", "6"]
      let plain = try Programs.run("fairline-generate", flags)
      #expect(plain.code == 1 && plain.errors.contains("max_positions is (5, "), "\(plain.errors)")
      let cut = try Programs.run("fairline-generate", flags + ["--truncate-source"])
      #expect(cut.code == 0 && longestSource(cut.output) == 4, "\(cut.errors)")
      // Sentences that are left out have lines as well.
      let skipped = "--skip-invalid-size-inputs-valid-test"
      for more in [[], ["--keep-order"], ["--plain"]] {
        let run = try Programs.run("fairline-generate", flags + [skipped] + more)
        #expect(run.code == 0 && run.errors.contains("will be skipped"), "\(run.errors)")
        let lines = run.output.split(separator: "\n", omittingEmptySubsequences: false)
        let outputs = lines.filter { $0.hasPrefix("H-") }
        #expect(more == ["--plain"] ? lines.count == 13 : outputs.count == 12, "\(run.output)")
        #expect(more == ["--plain"] || outputs.contains { $0.hasSuffix("\t-inf\t") })
        #expect(more == ["--plain"] || lines.count { $0.hasPrefix("T-") } == 12)
      }
      let line = "w1 w2 w3 w4 w5 w6\n"
      let typed = try Programs.run(
        "fairline-interactive", flags.dropFirst() + ["--truncate-source"], input: line)
      #expect(typed.code == 0 && typed.output.hasPrefix("S-0\tw1 w2 w3 w4\n"), "\(typed.output)")
    }
  }

  @Test func settingsOfTrainingAreToldToHaveNoEffect() throws {
    for program in ["fairline-generate", "fairline-interactive", "fairline-shortlist"] {
      let run = try Programs.run(
        program, ["--upsample-primary", "2", "--eval-bleu", "--truncate-source", "--print-config"])
      #expect(run.code == 0)
      #expect(run.errors.contains("--upsample-primary has no effect"), "\(run.errors)")
      #expect(run.errors.contains("--eval-bleu has no effect"), "\(run.errors)")
      #expect(!run.errors.contains("--truncate-source"), "\(run.errors)")
    }
  }

  @Test func longerSourcesAreTakenWherePositionsAreComputed() throws {
    try withTemporaryFolder { folder in
      let data = try TinyData(in: folder)
      let model = try short(data)
      let line = "w1 w2 w3 w4 w5 w6\n"
      func answer(_ more: [String]) throws -> (code: Int32, output: String, errors: String) {
        try Programs.run(
          "fairline-interactive", ["--path", model, "--max-len-b", "6"] + more, input: line)
      }
      let refused = try answer([])
      #expect(refused.code == 0 && refused.output.contains("H-0\t-inf\t"), "\(refused.output)")
      for flags in [
        ["--max-source-positions", "64"], ["--model-overrides", #"{"max_source_positions": 64}"#],
      ] {
        let taken = try answer(flags)
        #expect(taken.code == 0 && taken.output.contains("P-0\t"), "\(taken.errors)")
      }
      let fewer = try answer(["--max-source-positions", "64", "--max-target-positions", "3"])
      let words = fewer.output.split(separator: "\n").first { $0.hasPrefix("P-") }
      #expect(words?.split(separator: " ").count ?? 9 <= 3, "\(fewer.output)")
      #expect(
        data.train(
          "learned",
          [
            "--max-source-positions", "8", "--encoder-learned-pos", "--max-update", "1",
            "--disable-validation",
          ]) == 0)
      let learned = try Programs.run(
        "fairline-interactive",
        [
          "--path", data.path("learned/checkpoint_last.safetensors"), "--max-source-positions",
          "64",
        ], input: line)
      #expect(learned.code == 1 && learned.errors.contains("has learned the positions of 8"))
    }
  }
}

extension JSONValue {
  fileprivate var objectKeys: [String]? {
    if case .object(let members) = self { members.keys } else { nil }
  }
}
