import Fairline
import FairlineData
import FairlineGeneration
import FairlinePrograms
import FairlineTensor
import Foundation
import Testing

/// Searches with small models against fairseq's results; groups are compared in
/// ``PlainSearchTests``.
@Suite struct GenerationFixtureTests {
  @Test func thereAreModels() { #expect(!FixtureModels.folders.isEmpty) }

  @Test(arguments: FixtureModels.folders)
  func findsTheSameOutputs(_ folder: URL) throws {
    let model = try FixtureModels.model(in: folder)
    let cases = try GenerationCase.all(in: folder).filter { $0.settings.diverseBeamGroups <= 1 }
    #expect(cases.contains { $0.stable.contains(true) })
    for one in cases {
      // The reference blocks no repetitions.
      let settings = one.settings.with { $0.noRepeatNgramSize = 0 }
      let found = try SequenceGenerator(models: [model], settings: settings).generate(one.pairs)
      for row in one.expected.indices where one.stable[row] {
        compare(found[row], one.expected[row], "\(one.name) row \(row)")
      }
    }
  }

  private func compare(_ found: [Hypothesis], _ expected: [JSONValue], _ place: String) {
    #expect(found.map(\.tokens) == expected.map { $0["tokens"].symbols }, "\(place)")
    for (hypothesis, json) in zip(found, expected) {
      #expect(
        abs(Double(hypothesis.score) - (json["score"]?.doubleValue ?? .nan)) < 1e-4, "\(place)")
      let positional = json["positional_scores"].numbers
      let close = zip(hypothesis.positionalScores, positional).allSatisfy {
        abs(Double($0) - $1) < 1e-4
      }
      #expect(close && hypothesis.positionalScores.count == positional.count, "\(place)")
    }
  }
}
