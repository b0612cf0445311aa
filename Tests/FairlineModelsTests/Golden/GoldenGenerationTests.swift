import Fairline
import FairlineData
import FairlineGeneration
import FairlineTensor
import FairlineTesting
import Foundation
import Testing

/// What searches with models of every kind find, against fairseq.
@Suite struct GoldenGenerationTests {
  static let models = GoldenParityTests.translation

  @Test func thereAreModels() {
    #expect(Self.models.allSatisfy { $0.folder.contains("generation.json") })
  }

  /// A search of a fixture.
  private struct Case {
    let name: String
    let settings: GenerationSettings
    let inputs: [GenerationInput]
    let expected: [[JSONValue]]
    let stable: [Bool]
  }

  private func cases(_ golden: GoldenModel) throws -> [Case] {
    let json = try golden.folder.json("generation.json")
    return try #require(json["cases"]?.arrayValue).map { one in
      let batch = try golden.batch(try #require(json["batch"]))
      let parameters = try #require(one["params"])
      let inputs = batch.ids.indices.map { row in
        let rows = batch.decoderInput.segments[row]
        return GenerationInput(
          id: batch.ids[row], source: Array(batch.source[row]),
          reference: Array(batch.target[rows]))
      }
      return Case(
        name: parameters.compactText, settings: try settings(parameters), inputs: inputs,
        expected: try #require(one["hypos"]?.arrayValue).map { try #require($0.arrayValue) },
        stable: try #require(one["stable"]?.arrayValue).map { $0.boolValue == true })
    }
  }

  /// The settings of a case; lengths are those of the batch, as fairseq has them.
  private func settings(_ parameters: JSONValue) throws -> GenerationSettings {
    guard case .object(var members) = parameters else { throw UserError("no settings") }
    members["unnormalized"] = .bool(members["normalize"]?.boolValue == false)
    for name in ["normalize", "match_source_len"] { members[name] = nil }
    members["max_len_from_batch"] = true
    // The reference blocks no repetitions.
    members["no_repeat_ngram_size"] = 0
    return try GenerationSettings(json: JSONValue.object(members).compactText, flag: "fixture")
  }

  @Test(arguments: models) func findsTheSameOutputs(_ golden: GoldenModel) throws {
    let model = try golden.makeModel()
    let cases = try cases(golden)
    #expect(cases.contains { $0.stable.contains(true) })
    for one in cases {
      for searched in [model, RecomputedModel(model)] as [any Model] {
        let found = try SequenceGenerator(models: [searched], settings: one.settings)
          .generate(one.inputs)
        for row in one.expected.indices where one.stable[row] {
          try compare(
            found[row], one.expected[row], one.inputs[row], "\(one.name) row \(row)",
            // What is attended to is that of the caches' last layer.
            aligns: !(searched is RecomputedModel))
        }
      }
    }
  }

  private func compare(
    _ found: [Hypothesis], _ expected: [JSONValue], _ input: GenerationInput, _ place: String,
    aligns: Bool
  ) throws {
    #expect(try found.map(\.tokens) == expected.map { try $0["tokens"].symbols() }, "\(place)")
    for (hypothesis, json) in zip(found, expected) {
      #expect(
        abs(Double(hypothesis.score) - (json["score"]?.doubleValue ?? .nan)) < 1e-4, "\(place)")
      let positional = try json["positional_scores"].numbers()
      #expect(hypothesis.positionalScores.count == positional.count, "\(place)")
      for (score, number) in zip(hypothesis.positionalScores, positional) {
        #expect(abs(Double(score) - number) < 1e-4, "\(place)")
      }
      guard aligns, let alignment = json["alignment"]?.arrayValue else { continue }
      if alignment.first?.arrayValue?.first?.stringValue != nil {
        try compareSoft(hypothesis, alignment, place)
      } else {
        let pairs = hypothesis.alignment(to: input.source).map { [$0.source, $0.target] }
        #expect(try pairs == alignment.map { try $0.integers() }, "\(place)")
      }
    }
  }

  private func compareSoft(
    _ hypothesis: Hypothesis, _ expected: [JSONValue], _ place: String
  ) throws {
    let rows = try #require(hypothesis.attention)
    #expect(rows.count == expected.count, "\(place)")
    for (row, json) in zip(rows, expected) {
      let numbers = try json.texts().map { try #require(Float($0)) }
      #expect(mismatch(row, numbers, absolute: 1e-5) == nil, "\(place)")
    }
  }

  /// Rounded weights must find outputs at all, and mostly the same ones.
  @Test(arguments: models) func integersFindOutputs(_ golden: GoldenModel) throws {
    let model = try golden.makeModel()
    #expect(model.searchesInIntegers)
    var preparation = SearchPreparation()
    preparation.precision = .int8
    let one = try #require(try cases(golden).first)
    let exact = try SequenceGenerator(models: [model], settings: one.settings)
      .generate(one.inputs)
    let rounded = try SequenceGenerator(
      models: [model], settings: one.settings, preparation: preparation
    ).generate(one.inputs)
    let same = zip(exact, rounded).count { $0[0].tokens == $1[0].tokens }
    #expect(2 * same >= exact.count, "\(same) of \(exact.count)")
    #expect(rounded.allSatisfy { $0[0].score.isFinite })
  }
}
