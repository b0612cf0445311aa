import Fairline
import FairlineData
import FairlineGeneration
import FairlinePrograms
import FairlineTensor
import Foundation
import Testing

/// What is drawn, from given probabilities of end, unknown, w1 (4), w2 (5).
@Suite struct SamplingTests {
  private static let sentences = 600

  private static let model: FakeModel = {
    func all(_ row: [Float]) -> [[[Float]]] {
      Array(repeating: Array(repeating: row, count: 2), count: sentences)
    }
    return FakeModel([all([0, 0, 0.7, 0.3]), all([0.2, 0.05, 0.35, 0.4]), all([1, 0, 0, 0])])
  }()

  private func draw(_ change: (inout GenerationSettings) -> Void = { _ in }) throws
    -> [[Hypothesis]]
  {
    let settings = GenerationSettings().with {
      ($0.beam, $0.nbest, $0.sampling) = (2, 2, true)
      change(&$0)
    }
    let sources = [[Int32]](repeating: [4, 2], count: Self.sentences)
    return try SequenceGenerator(models: [Self.model], settings: settings)
      .generate(SentencePairs(sources: sources))
  }

  private func share(_ found: [[Hypothesis]], at place: Int, of symbol: Int32) -> Double {
    let symbols = found.joined().compactMap {
      place < $0.tokens.count ? $0.tokens[place] : nil
    }
    return Double(symbols.count { $0 == symbol }) / Double(symbols.count)
  }

  @Test func drawsWithTheModelsProbabilities() throws {
    let found = try draw()
    #expect(found.allSatisfy { $0.count == 2 })
    #expect(abs(share(found, at: 0, of: 4) - 0.7) < 0.04)
    for (symbol, probability) in [(2, 0.2), (3, 0.05), (4, 0.35), (5, 0.4)] as [(Int32, Double)] {
      #expect(abs(share(found, at: 1, of: symbol) - probability) < 0.04)
    }
  }

  @Test func scoresAreTheModels() throws {
    for hypothesis in try draw({ $0.samplingTopk = 2 }).joined() {
      let first: Float = hypothesis.tokens[0] == 4 ? 0.7 : 0.3
      #expect(abs(hypothesis.positionalScores[0] - log(first)) < 1e-5)
    }
  }

  @Test func fewBestSymbolsAreDrawnFrom() throws {
    let two = try draw { $0.samplingTopk = 2 }
    #expect(Set(two.joined().map { $0.tokens[1] }) == [4, 5])
    #expect(abs(share(two, at: 1, of: 5) - 0.4 / 0.75) < 0.04)
    let one = try draw { $0.samplingTopk = 1 }
    #expect(one.joined().allSatisfy { $0.tokens == [4, 5, 2] })
  }

  @Test func theLikeliestPartIsDrawnFrom() throws {
    let low = try draw { $0.samplingTopp = 0.1 }
    #expect(low.joined().allSatisfy { $0.tokens == [4, 5, 2] })
    // The symbol that reaches the probability belongs to the part.
    let half = try draw { $0.samplingTopp = 0.5 }
    #expect(Set(half.joined().map { $0.tokens[1] }) == [4, 5])
    let most = try draw { $0.samplingTopp = 0.94 }
    #expect(Set(most.joined().map { $0.tokens[1] }) == [2, 4, 5])
    #expect(Set(try draw { $0.samplingTopp = 0.9999 }.joined().map { $0.tokens[1] }).count == 4)
  }

  @Test func theSeedAloneDecides() throws {
    let first = try draw()
    #expect(try draw() == first)
    #expect(try draw { $0.seed = 2 } != first)
  }
}
