import Fairline
import FairlineGeneration
import FairlineTensor
import Testing

/// Scores of several scorers together.
@Suite struct ScorerTests {
  private static let symbols = 9

  /// A second model's scores, weighted: what a language model adds.
  private struct WeightedBigram: ScorerFactory {
    let model: BigramModel
    let weight: Float

    func makeScorer(for inputs: [GenerationInput]) -> any CandidateScorer {
      Scorer(model: model, weight: weight)
    }

    final class Scorer: CandidateScorer {
      let model: BigramModel
      let weight: Float
      let takesMore = true

      init(model: BigramModel, weight: Float) {
        self.model = model
        self.weight = weight
      }

      func join(_ inputs: [GenerationInput]) {}

      func step(_ rows: StepRows) -> StepScores {
        StepScores(scores: model.table.rows(at: rows.symbols).logSoftmax() * weight)
      }
    }
  }

  @Test(arguments: [1, 3]) func whatIsAddedCounts(beam: Int) throws {
    let model = BigramModel(symbols: Self.symbols, seed: 4)
    let other = BigramModel(symbols: Self.symbols, seed: 9)
    let settings = GenerationSettings().with { ($0.beam, $0.maxLenB) = (beam, 10) }
    let inputs = (0..<4).map { GenerationInput(id: $0, prefix: [Int32(4 + $0)]) }
    func generate(_ additions: [any ScorerFactory]) throws -> [[Hypothesis]] {
      try SequenceGenerator(models: [model], settings: settings, adding: additions)
        .generate(inputs)
    }
    let found = try generate([WeightedBigram(model: other, weight: 0.7)])
    let plain = try generate([])
    #expect(found.map { $0.map(\.tokens) } != plain.map { $0.map(\.tokens) })
    for best in found.map({ $0[0] }) {
      var last: Int32 = 2
      for (place, symbol) in best.tokens.enumerated() {
        let sums = zip(model.scores(after: last), other.scores(after: last)).map { $0 + 0.7 * $1 }
        // Sums are not made probabilities again.
        #expect(abs(best.positionalScores[place] - sums[Int(symbol)]) < 1e-5)
        if beam == 1, place > 0, place < 10 {
          let allowed = sums.indices.filter { $0 != 1 }
          #expect(allowed.max { sums[$0] < sums[$1] } == Int(symbol))
        }
        last = symbol
      }
    }
  }

  @Test func nothingAddedChangesNothing() throws {
    let model = BigramModel(symbols: Self.symbols, seed: 4)
    let settings = GenerationSettings().with { ($0.beam, $0.maxLenB) = (4, 10) }
    let inputs = (0..<4).map { GenerationInput(id: $0, prefix: [Int32(4 + $0)]) }
    let other = BigramModel(symbols: Self.symbols, seed: 9)
    let plain = try SequenceGenerator(models: [model], settings: settings).generate(inputs)
    let added = try SequenceGenerator(
      models: [model], settings: settings, adding: [WeightedBigram(model: other, weight: 0)]
    ).generate(inputs)
    #expect(plain.map { $0.map(\.tokens) } == added.map { $0.map(\.tokens) })
    for (left, right) in zip(plain.joined(), added.joined()) {
      #expect(abs(left.score - right.score) < 1e-5)
    }
  }
}
