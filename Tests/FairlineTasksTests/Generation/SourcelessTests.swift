import Fairline
import FairlineData
import FairlineGeneration
import FairlineTensor
import Testing

/// Generation without a source, from a prefix.
@Suite struct SourcelessTests {
  private let model = BigramModel(symbols: 9, seed: 4)

  private func generate(
    _ inputs: [GenerationInput], _ change: (inout GenerationSettings) -> Void = { _ in }
  ) throws -> [[Hypothesis]] {
    let settings = GenerationSettings().with {
      ($0.beam, $0.maxLenB) = (1, 12)
      change(&$0)
    }
    return try SequenceGenerator(models: [model], settings: settings).generate(inputs)
  }

  @Test func outputsBeginWithTheirPrefixes() throws {
    let inputs = [
      GenerationInput(id: 0, prefix: [5, 7, 4], start: Vocabulary.bos), GenerationInput(id: 1),
      GenerationInput(id: 2, prefix: [8]),
    ]
    let found = try generate(inputs)
    for (input, found) in zip(inputs, found) {
      let best = try #require(found.first)
      #expect(best.tokens.starts(with: input.prefix))
      // What follows is the likeliest symbol after each, and every score is the model's.
      var last = input.start
      for (place, symbol) in best.tokens.enumerated() {
        var scores = model.scores(after: last)
        #expect(abs(best.positionalScores[place] - scores[Int(symbol)]) < 1e-5)
        if place >= input.prefix.count, place < 12 {
          scores[Int(Vocabulary.pad)] = -.infinity
          if place < 1 { scores[Int(Vocabulary.eos)] = -.infinity }
          #expect(scores.firstIndex(of: scores.max() ?? 0) == Int(symbol))
        }
        last = symbol
      }
    }
  }

  @Test func lengthsFollowThePrefix() throws {
    let found = try generate([GenerationInput(id: 0, prefix: [5, 6, 7, 8])]) {
      ($0.maxLenA, $0.maxLenB, $0.minLen) = (1.5, 0, 6)
    }
    #expect(found[0][0].tokens.count == 7)
  }

  @Test func referencesAreScoredWithoutASource() throws {
    let reference: [Int32] = [5, 6, 2]
    let input = GenerationInput(id: 0, reference: reference, start: Vocabulary.bos)
    let found = try generate([input]) { $0.scoreReference = true }
    let expected = [(0, 5), (5, 6), (6, 2)].map { model.scores(after: Int32($0.0))[$0.1] }
    #expect(found[0][0].tokens == reference)
    for (score, right) in zip(found[0][0].positionalScores, expected) {
      #expect(abs(score - right) < 1e-5)
    }
  }

  @Test func batchesWithoutASourceAreDivided() {
    let batch = Batch.sequences(ids: [3, 4, 5], targets: [[5, 6, 2], [7, 2], [8, 8, 8, 2]])
    #expect(batch.source.segments.count == 0 && batch.tokenCount == 9)
    #expect(batch.decoderInput.ids == [2, 5, 6, 2, 7, 2, 8, 8, 8])
    let parts = batch.parts(of: 5)
    #expect(parts.count == 2 && parts.map(\.ids) == [[3, 4], [5]])
    #expect(parts.flatMap(\.target) == batch.target)
    let begun = Batch.sequences(ids: [0], targets: [[5, 2]], starts: [0])
    #expect(begun.decoderInput.ids == [0, 5])
    #expect(!TaskDescription(symbols: 9).hasSource)
  }
}
