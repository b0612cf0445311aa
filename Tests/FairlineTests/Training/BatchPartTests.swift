import Fairline
import FairlineTensor
import FairlineTesting
import Testing

/// Batches that are computed in parts.
@Suite(.serialized) struct BatchPartTests {
  private func batch(_ lengths: [(source: Int, target: Int)]) -> Batch {
    Batch.pairs(
      ids: lengths.indices.map { 10 + $0 },
      sources: lengths.map { Array(repeating: 5, count: $0.source - 1) + [2] },
      targets: lengths.enumerated().map { index, length in
        (1..<length.target).map { Int32(4 + index + $0) } + [2]
      })
  }

  @Test func partsAreTheBatchInOrder() {
    let whole = batch([(3, 9), (8, 2), (4, 4), (7, 1), (2, 6), (5, 5), (9, 9)])
    for limit in 1...40 {
      let parts = whole.parts(of: limit)
      #expect(parts.flatMap(\.ids) == whole.ids)
      #expect(parts.flatMap(\.source.ids) == whole.source.ids)
      #expect(parts.flatMap(\.decoderInput.ids) == whole.decoderInput.ids)
      #expect(parts.flatMap(\.target) == whole.target)
      for part in parts {
        #expect(part.sentenceCount > 0)
        #expect(part.source.segments.count == part.sentenceCount)
        #expect(part.decoderInput.segments.count == part.sentenceCount)
        // No part is longer than its share by more than a sentence.
        #expect(part.sentenceCount == 1 || part.decoderInput.count <= limit + 9 + 9)
      }
      #expect(parts.count <= (whole.source.count + limit - 1) / limit)
    }
    #expect(whole.parts(of: 0).count == 1)
    #expect(whole.parts(of: 38).count == 1)
    #expect(whole.parts(of: 37).count == 2)
  }

  @Test func partsOfEqualSentencesAreEqual() {
    let parts = batch(Array(repeating: (4, 6), count: 12)).parts(of: 20)
    #expect(parts.map(\.sentenceCount) == [3, 3, 3, 3])
  }

  @Test func aBatchWithoutSourcesHasParts() {
    let input = PackedTokens([[2, 4, 5], [2, 6], [2, 7, 8]])
    let whole = Batch(
      ids: [0, 1, 2], source: PackedTokens([]), decoderInput: input,
      target: [4, 5, 2, 6, 2, 7, 8, 2])
    let parts = whole.parts(of: 4)
    #expect(parts.count == 2)
    #expect(parts.flatMap(\.target) == whole.target)
    #expect(parts.allSatisfy { $0.source.segments.count == 0 })
  }

  @Test func partsMakeTheUpdateOfTheWholeBatch() throws {
    var training = ToyTraining()
    (training.dropout, training.maxUpdate) = (0, 8)
    training.compute.tokensAtOnce = 0
    let whole = try training.run()
    training.compute.tokensAtOnce = 3
    let parts = try training.run()
    #expect(
      zip(whole.witness.updates, parts.witness.updates).allSatisfy { first, second in
        first.record.tokens == second.record.tokens
          && first.record.sentences == second.record.sentences
          && abs(first.record.loss - second.record.loss) < 1e-4
          && abs(first.gradientNorm - second.gradientNorm) < 1e-5
      })
    let pairs = zip(whole.model.parameters.values.scalars, parts.model.parameters.values.scalars)
    #expect(pairs.allSatisfy { abs($0 - $1) < 1e-4 })
  }

  @Test func partsHaveMasksOfTheirOwn() throws {
    var training = ToyTraining()
    (training.dropout, training.maxUpdate) = (0.3, 4)
    training.compute.tokensAtOnce = 3
    let (first, again) = (try training.run(), try training.run())
    #expect(first.numbers == again.numbers)
    let keys = (0..<3).map { RandomSource(seed: 1, update: 5, microBatch: 2, part: $0).key }
    #expect(Set(keys).count == 3)
    #expect(keys[0] == RandomSource(seed: 1, update: 5, microBatch: 2).key)
  }

  @Test func aModelThatRefusesSeesWholeBatches() throws {
    var training = ToyTraining()
    (training.dropout, training.maxUpdate) = (0.3, 6)
    training.refusal = ToyModel.Refusal(wish: .skip, share: 0)
    training.compute.tokensAtOnce = 0
    let whole = try training.run()
    training.compute.tokensAtOnce = 3
    #expect(try training.run().numbers == whole.numbers)
  }

  @Test func fewerThanNoTokensAreRefused() {
    var training = ToyTraining()
    training.compute.tokensAtOnce = -1
    do {
      _ = try training.run()
      Issue.record("nothing was refused")
    } catch {
      #expect("\(error)".contains("--tokens-at-once: '-1'"))
    }
  }
}
