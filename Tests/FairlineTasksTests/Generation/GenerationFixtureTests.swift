import Fairline
import FairlineData
import FairlineTasks
import FairlineTensor
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
      for row in expected.indices where stable[row].boolValue == true {
        guard try isComparable(row, pairs, settings, model) else { continue }
        compare(
          found[row], expected[row].arrayValue ?? [], "case \(number) row \(row) \(parameters)")
      }
    }
  }

  /// Whether the reference computed a row from the row's own numbers.
  ///
  /// With groups it finds the first step's agreement of a row at the place that the sentence's number has in the data set,
  /// which in the batch is another sentence. So rows count where both sentences agree.
  private func isComparable(
    _ row: Int, _ pairs: SentencePairs, _ settings: GenerationSettings, _ model: any Model
  ) throws -> Bool {
    guard settings.diverseBeamGroups > 1 else { return true }
    func agreement(_ place: Int) -> [Int] {
      FirstGroups(model, source: pairs.sources[place], settings).agreement
    }
    return agreement(row) == agreement(pairs.ids[row])
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

/// The symbols that groups choose in the first step, computed plainly.
private struct FirstGroups {
  /// For each two groups, at how many places they chose the same.
  let agreement: [Int]

  init(_ model: any Model, source: [Int32], _ settings: GenerationSettings) {
    let batch = Batch.pairs(ids: [0], sources: [source], targets: [[Vocabulary.eos]])
    var scores = model(batch, ForwardPass.evaluation()).logits.logSoftmax().scalars
    for symbol in [Vocabulary.pad, Vocabulary.eos] { scores[Int(symbol)] = -.infinity }
    let size = settings.beam / settings.diverseBeamGroups
    var groups: [[Int]] = []
    for _ in 0..<settings.diverseBeamGroups {
      var own = scores
      for symbol in groups.joined() { own[symbol] -= Float(settings.diverseBeamStrength) }
      groups.append(Array(own.indices.sorted { own[$0] > own[$1] }.prefix(size)))
    }
    agreement = groups.flatMap { left in
      groups.map { right in zip(left, right).filter { $0 == $1 }.count }
    }
  }
}
