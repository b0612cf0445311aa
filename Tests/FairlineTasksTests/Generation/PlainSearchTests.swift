import Fairline
import FairlineData
import FairlineGeneration
import FairlinePrograms
import Foundation
import Testing

/// Searches against a plain one, which in turn is held against fairseq's results.
///
/// fairseq computes two variants otherwise than it says: on the processor it blocks no repetitions,
/// and it counts the first step's agreement of groups for another sentence of the batch. The plain
/// search can do as it does.
@Suite struct PlainSearchTests {
  @Test(arguments: FixtureModels.folders)
  func repetitionsAreBlocked(_ folder: URL) throws {
    let model = try FixtureModels.model(in: folder)
    var changed = 0
    for one in try GenerationCase.all(in: folder) where one.settings.noRepeatNgramSize > 0 {
      let found = try SequenceGenerator(models: [model], settings: one.settings).generate(one.pairs)
      for row in one.expected.indices {
        let place = "\(one.name) row \(row)"
        let off = one.settings.with { $0.noRepeatNgramSize = 0 }
        let free = one.plain(model, row, off).outputs()
        if one.stable[row] { expectReference(free, one.expected[row], place) }
        expectSame(found[row], one.plain(model, row, one.settings).outputs(), place)
        if found[row].map(\.tokens) != free.map(\.tokens) { changed += 1 }
      }
    }
    #expect(changed > 0, "blocking never changes anything here")
  }

  @Test(arguments: FixtureModels.folders)
  func groupsAvoidEachOther(_ folder: URL) throws {
    let model = try FixtureModels.model(in: folder)
    let cases = try GenerationCase.all(in: folder).filter { $0.settings.diverseBeamGroups > 1 }
    #expect(cases.contains { $0.stable.contains(true) })
    for one in cases {
      let found = try SequenceGenerator(models: [model], settings: one.settings).generate(one.pairs)
      for row in one.expected.indices {
        let place = "\(one.name) row \(row)"
        let search = one.plain(model, row, one.settings)
        let mixed = one.plain(model, one.pairs.ids[row], one.settings).firstAgreement()
        if one.stable[row] {
          expectReference(search.outputs(agreement: mixed), one.expected[row], place)
        }
        expectSame(found[row], search.outputs(), place)
      }
    }
  }

  static let variants: [@Sendable (inout GenerationSettings) -> Void] = [
    { _ in }, { $0.noRepeatNgramSize = 1 }, { $0.noRepeatNgramSize = 2 },
    { $0.noRepeatNgramSize = 3 }, { $0.diverseBeamGroups = 2 }, { $0.diverseBeamGroups = 4 },
    {
      $0.diverseBeamGroups = 4
      $0.diverseBeamStrength = 3
    },
    {
      $0.diverseBeamGroups = 2
      $0.noRepeatNgramSize = 2
    },
    {
      $0.diversityRate = 0.4
      $0.noRepeatNgramSize = 1
    },
    {
      $0.prefixSize = 2
      $0.noRepeatNgramSize = 2
    },
    {
      $0.temperature = 1.6
      $0.unkpen = 0.7
      $0.lenpen = 0.4
      $0.minLen = 4
    },
  ]

  @Test(arguments: variants.indices) func findsWhatThePlainSearchFinds(_ variant: Int) throws {
    for seed in [3, 4, 5] as [UInt64] {
      let model = try TinyTransformer.make(seed: seed)
      var settings = GenerationSettings().with { ($0.beam, $0.maxLenB) = (4, 9) }
      Self.variants[variant](&settings)
      let one = GenerationCase(
        name: "variant \(variant)", settings: settings, pairs: TinyTransformer.pairs,
        expected: [], stable: [])
      let found = try SequenceGenerator(models: [model], settings: settings).generate(one.pairs)
      for row in one.pairs.ids.indices {
        expectSame(found[row], one.plain(model, row, settings).outputs(), "\(seed) row \(row)")
      }
    }
  }

  @Test func aGroupOfOneIsGreedyAndTheOthersBeginElsewhere() throws {
    let model = try TinyTransformer.make()
    func search(_ change: (inout GenerationSettings) -> Void) throws -> [[Hypothesis]] {
      let settings = GenerationSettings().with {
        $0.maxLenB = 9
        change(&$0)
      }
      return try SequenceGenerator(models: [model], settings: settings)
        .generate(TinyTransformer.pairs)
    }
    let greedy = try search { $0.beam = 1 }
    let groups = try search {
      ($0.beam, $0.diverseBeamGroups, $0.diverseBeamStrength) = (4, 4, 1000)
    }
    for (single, all) in zip(greedy, groups) {
      // The first group pays nothing.
      let same = all.first { $0.tokens == single[0].tokens }
      #expect(abs((same?.score ?? .nan) - single[0].score) < 1e-4)
      #expect(Set(all.map { $0.tokens[0] }).count == 4)
    }
  }

  private func expectSame(_ found: [Hypothesis], _ expected: [Hypothesis], _ place: String) {
    #expect(found.map(\.tokens) == expected.map(\.tokens), "\(place)")
    for (left, right) in zip(found, expected) where left.tokens == right.tokens {
      #expect(abs(left.score - right.score) < 1e-4, "\(place)")
      let close = zip(left.positionalScores, right.positionalScores)
        .allSatisfy { abs($0 - $1) < 1e-4 }
      #expect(close && left.positionalScores.count == right.positionalScores.count, "\(place)")
    }
  }

  private func expectReference(_ found: [Hypothesis], _ expected: [JSONValue], _ place: String) {
    let reference = expected.map { json in
      Hypothesis(
        tokens: json["tokens"].symbols, score: Float(json["score"]?.doubleValue ?? .nan),
        positionalScores: json["positional_scores"].numbers.map(Float.init))
    }
    expectSame(found, reference, "the reference's \(place)")
  }
}
