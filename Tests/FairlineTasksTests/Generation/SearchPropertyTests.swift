import Fairline
import FairlineData
import FairlineGeneration
import FairlinePrograms
import FairlineTensor
import Foundation
import Testing

/// What holds for every search, whatever the model.
@Suite struct SearchPropertyTests {
  private let pairs = TinyTransformer.pairs

  private func search(
    _ models: [any Model], _ pairs: SentencePairs? = nil,
    _ change: (inout GenerationSettings) -> Void = { _ in }
  ) throws -> [[Hypothesis]] {
    let settings = GenerationSettings().with {
      $0.beam = 4
      $0.maxLenB = 12
      change(&$0)
    }
    return try SequenceGenerator(models: models, settings: settings)
      .generate(pairs ?? self.pairs)
  }

  static let variants: [@Sendable (inout GenerationSettings) -> Void] = [
    { _ in }, { $0.beam = 1 }, { $0.noRepeatNgramSize = 2 }, { $0.prefixSize = 2 },
    { $0.diverseBeamGroups = 2 }, { $0.diversityRate = 0.3 }, { $0.matchSourceLen = true },
    {
      $0.maxLenA = 1.5; $0.maxLenB = 2
    }, { $0.unkpen = -2 },
    {
      $0.sampling = true; $0.nbest = 4
    },
    {
      $0.sampling = true; $0.nbest = 4; $0.samplingTopk = 3
    },
    {
      $0.sampling = true; $0.nbest = 4; $0.samplingTopp = 0.7
    },
  ]

  @Test func beamOneTakesTheBestSymbolEachTime() throws {
    let model = try TinyTransformer.make()
    let found = try search([model]) { $0.beam = 1 }
    for (source, hypotheses) in zip(pairs.sources, found) {
      var (prefix, scores): ([Int32], [Float]) = ([], [])
      while prefix.last != Vocabulary.eos {
        var row = TinyTransformer.scores(model, source, prefix)
        row[Int(Vocabulary.pad)] = -.infinity
        if prefix.isEmpty { row[Int(Vocabulary.eos)] = -.infinity }
        let symbol =
          prefix.count == 12
          ? Int(Vocabulary.eos) : row.indices.max { row[$0] < row[$1] } ?? 0
        prefix.append(Int32(symbol))
        scores.append(row[symbol])
      }
      let best = try #require(hypotheses.first)
      #expect(hypotheses.count == 1 && best.tokens == prefix)
      #expect(zip(best.positionalScores, scores).allSatisfy { abs($0 - $1) < 1e-4 })
      #expect(abs(best.score - scores.reduce(0, +) / Float(scores.count)) < 1e-4)
    }
  }

  /// Without scores a search may take short cuts; it finds the same symbols.
  @Test(arguments: variants.indices) func scoresMakeNoDifferenceToSymbols(_ variant: Int) throws {
    let settings = GenerationSettings().with {
      $0.maxLenB = 12
      Self.variants[variant](&$0)
      $0.diverseBeamGroups = min($0.diverseBeamGroups, 1)
      $0.beam = 1
      $0.nbest = 1
    }
    let model = try TinyTransformer.make()
    for models in [[model], [model, try TinyTransformer.make(seed: 8)]] {
      let both = try [false, true].map {
        try SequenceGenerator(models: models, settings: settings, omitsScores: $0)
          .generate(pairs).map { $0.map(\.tokens) }
      }
      #expect(both[0] == both[1])
    }
  }

  @Test(arguments: variants.indices) func aBatchGivesWhatItsSentencesGive(_ variant: Int) throws {
    let model = try TinyTransformer.make()
    let together = try search([model], nil, Self.variants[variant])
    #expect(together.count == pairs.ids.count)
    for row in pairs.ids.indices {
      let single = SentencePairs(
        ids: [pairs.ids[row]], sources: [pairs.sources[row]], targets: [pairs.targets[row]])
      let alone = try search([model], single, Self.variants[variant])[0]
      #expect(alone.map(\.tokens) == together[row].map(\.tokens))
      #expect(!alone.isEmpty)
      #expect(
        zip(alone, together[row]).allSatisfy { abs($0.score - $1.score) < 1e-4 })
    }
  }

  @Test(arguments: variants.indices) func severalTimesTheSameModelIsTheModel(
    _ variant: Int
  ) throws {
    let model = try TinyTransformer.make()
    let one = try search([model], nil, Self.variants[variant])
    let three = try search([model, model, model], nil, Self.variants[variant])
    #expect(one.map { $0.map(\.tokens) } == three.map { $0.map(\.tokens) })
    for (a, b) in zip(one.joined(), three.joined()) { #expect(abs(a.score - b.score) < 1e-4) }
  }

  @Test func anEnsembleAveragesProbabilities() throws {
    let models = try [TinyTransformer.make(seed: 3), TinyTransformer.make(seed: 8)]
    let found = try search(models) { $0.beam = 2 }
    for (source, hypotheses) in zip(pairs.sources, found) {
      let best = try #require(hypotheses.first)
      for place in best.tokens.indices {
        let prefix = Array(best.tokens[..<place])
        let mean =
          models.map { model -> Double in
            let row = TinyTransformer.scores(model, source, prefix)
            return exp(Double(row[Int(best.tokens[place])]))
          }.reduce(0, +) / 2
        #expect(abs(log(mean) - Double(best.positionalScores[place])) < 1e-4)
      }
    }
  }

  @Test func referencesAreScoredAsTheSearchScores() throws {
    let model = try TinyTransformer.make()
    let found = try search([model])
    let best = try found.map { try #require($0.first) }
    let known = SentencePairs(
      ids: pairs.ids, sources: pairs.sources, targets: best.map(\.tokens))
    let scored = try search([model], known) { $0.scoreReference = true }
    for (given, expected) in zip(scored, best) {
      #expect(given.map(\.tokens) == [expected.tokens])
      #expect(abs(given[0].score - expected.score) < 1e-4)
      #expect(
        zip(given[0].positionalScores, expected.positionalScores)
          .allSatisfy { abs($0 - $1) < 1e-4 })
    }
  }

  @Test(arguments: [1, 2, 3]) func nothingIsRepeated(_ size: Int) throws {
    let found = try search([TinyTransformer.make()]) { $0.noRepeatNgramSize = size }
    for hypothesis in found.joined() {
      let symbols = hypothesis.tokens
      let grams = (0..<max(symbols.count - size + 1, 0)).map {
        Array(symbols[$0..<($0 + size)])
      }
      #expect(Set(grams).count == grams.count)
      #expect(symbols.last == Vocabulary.eos)
    }
  }

  @Test func lengthsAndPrefixesAreKept() throws {
    let model = try TinyTransformer.make()
    for hypothesis in try search([model], nil, { $0.minLen = 7 }).joined() {
      #expect((8...13).contains(hypothesis.tokens.count))
    }
    let prefixed = try search([model]) { $0.prefixSize = 2 }
    for (target, hypotheses) in zip(pairs.targets, prefixed) {
      for hypothesis in hypotheses { #expect(hypothesis.tokens.starts(with: target.prefix(2))) }
    }
    let matched = try search([model]) { $0.matchSourceLen = true }
    for (source, hypotheses) in zip(pairs.sources, matched) {
      for hypothesis in hypotheses { #expect(hypothesis.tokens.count == source.count + 1) }
    }
  }

  @Test func penaltiesMoveTheUnknownSymbol() throws {
    let model = try TinyTransformer.make()
    func count(_ penalty: Double) throws -> Int {
      try search([model], nil) { $0.unkpen = penalty }.joined()
        .flatMap(\.tokens).count { $0 == Vocabulary.unk }
    }
    #expect(try count(50) == 0)
    #expect(try count(-50) > 0)
  }

  @Test func temperatureScalesLogits() throws {
    let model = try TinyTransformer.make()
    let best = try search([model]) {
      $0.temperature = 2.5
      $0.beam = 1
    }
    for (source, hypotheses) in zip(pairs.sources, best) {
      let first = TinyTransformer.scores(model, source, []).map { exp(Double($0) / 2.5) }
      let symbol = Int(hypotheses[0].tokens[0])
      let expected = log(first[symbol] / first.reduce(0, +))
      #expect(abs(Double(hypotheses[0].positionalScores[0]) - expected) < 1e-4)
    }
  }
}
