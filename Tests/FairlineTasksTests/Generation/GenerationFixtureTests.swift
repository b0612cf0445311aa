import Fairline
import FairlineData
import FairlineTasks
import Foundation
import Testing

/// Searches with small models against fairseq's results.
@Suite struct GenerationFixtureTests {
  @Test(
    .enabled(if: !FixtureModels.folders.isEmpty, "the fixtures are not there"),
    arguments: FixtureModels.folders)
  func findsTheSameOutputs(_ folder: URL) throws {
    let model = try FixtureModels.model(in: folder)
    let json = try FixtureModels.json(folder.appending(path: "generation.json"))
    let batch = try #require(json["batch"])
    func real(_ name: String) -> [[Int32]] {
      (batch[name]?.arrayValue ?? []).map { row in
        row.symbols.filter { $0 != Vocabulary.pad }
      }
    }
    let pairs = SentencePairs(
      ids: try #require(batch["id"]).symbols.map(Int.init), sources: real("src_tokens"),
      targets: real("target"))
    for (number, one) in try #require(json["cases"]?.arrayValue).enumerated() {
      let parameters = try #require(one["params"])
      let settings = try Self.settings(parameters)
      let found = try SequenceGenerator(models: [model], settings: settings).generate(pairs)
      let stable = try #require(one["stable"]?.arrayValue)
      let expected = try #require(one["hypos"]?.arrayValue)
      func compareAll() {
        for row in expected.indices where stable[row].boolValue == true {
          compare(
            found[row], expected[row].arrayValue ?? [], "case \(number) row \(row) \(parameters)")
        }
      }
      if settings.diverseBeamGroups > 1 {
        withKnownIssue(
          "groups differ where rows that ended keep their places", isIntermittent: true
        ) {
          compareAll()
        }
      } else {
        compareAll()
      }
    }
  }

  private func compare(_ found: [Hypothesis], _ expected: [JSONValue], _ place: String) {
    #expect(found.map(\.tokens) == expected.map { $0["tokens"]?.symbols }, "\(place)")
    guard found.count == expected.count else { return }
    for (hypothesis, json) in zip(found, expected) {
      #expect(
        abs(Double(hypothesis.score) - (json["score"]?.doubleValue ?? .nan)) < 1e-4, "\(place)")
      let positional = json["positional_scores"]?.numbers ?? []
      let close = zip(hypothesis.positionalScores, positional).allSatisfy {
        abs(Double($0) - $1) < 1e-4
      }
      #expect(close && hypothesis.positionalScores.count == positional.count, "\(place)")
    }
  }

  /// The settings of a case.
  ///
  /// The lengths are those of the batch, as fairseq has them. Two settings are not what they are called in the version that made the fixtures:
  /// repetitions are not blocked on the processor, and a generator that was told to match the source's length only
  /// limits outputs to the longest source.
  static func settings(_ parameters: JSONValue) throws -> GenerationSettings {
    guard case .object(var members) = parameters else { throw UserError("no settings") }
    let isNormalized = members["normalize"]?.boolValue ?? true
    let matchesSource = members["match_source_len"]?.boolValue ?? false
    for name in ["normalize", "match_source_len", "no_repeat_ngram_size"] { members[name] = nil }
    members["max_len_from_batch"] = true
    members["unnormalized"] = .bool(!isNormalized)
    if matchesSource {
      members["max_len_a"] = 1
      members["max_len_b"] = 0
    }
    return try GenerationSettings(json: JSONValue.object(members).compactText, flag: "fixture")
  }
}
