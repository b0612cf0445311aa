import Fairline
import FairlineData
import FairlineGeneration
import FairlinePrograms
import Foundation
import Testing

/// A search over given probabilities: end, unknown, w1 (4), w2 (5); two sentences, two rows each.
@Suite struct SearchTests {
  private static let (w1, w2, eos): (Int32, Int32, Int32) = (4, 5, 2)

  static let model = FakeModel([
    [[[0, 0, 0.9, 0.1], [0, 0, 0.9, 0.1]], [[0, 0, 0.7, 0.3], [0, 0, 0.7, 0.3]]],
    [[[1, 0, 0, 0], [0, 0, 0.9, 0.1]], [[0.25, 0, 0.35, 0.4], [0, 0, 0.1, 0.9]]],
    [[[0, 0, 0.1, 0.9], [0.6, 0, 0.2, 0.2]], [[0.6, 0, 0.4, 0], [0.01, 0, 0, 0.99]]],
    [[[1, 0, 0, 0], [1, 0, 0, 0]], [[0.1, 0, 0.5, 0.4], [1, 0, 0, 0]]],
  ])

  private static let diverseModel = FakeModel([
    [[[0, 0, 0.9, 0.1], [0, 0, 0.9, 0.1]], [[0, 0, 0.7, 0.3], [0, 0, 0.7, 0.3]]],
    [[[0, 0, 0.6, 0.4], [0, 0, 0.6, 0.4]], [[0.25, 0, 0.35, 0.4], [0.25, 0, 0.35, 0.4]]],
    [[[1, 0, 0, 0], [1, 0, 0, 0]], [[0.9, 0, 0.1, 0], [0.9, 0, 0.1, 0]]],
  ])

  private let batch = SentencePairs(sources: [[4, 5, 2], [4, 5, 5, 2]])

  private func search(
    _ model: FakeModel = model, _ change: (inout GenerationSettings) -> Void = { _ in }
  ) throws -> [[Hypothesis]] {
    let settings = GenerationSettings().with {
      $0.beam = 2
      change(&$0)
    }
    return try SequenceGenerator(models: [model], settings: settings).generate(batch)
  }

  private func expect(
    _ hypothesis: Hypothesis, _ tokens: [Int32], _ probabilities: [Float], lenpen: Double? = 1
  ) {
    #expect(hypothesis.tokens == tokens)
    let logs = probabilities.map { log(Double($0)) }
    let length = pow(Double(tokens.count), lenpen ?? 0)
    #expect(abs(Double(hypothesis.score) - logs.reduce(0, +) / length) < 1e-5)
    for (found, log) in zip(hypothesis.positionalScores, logs) {
      #expect(abs(Double(found) - log) < 1e-5)
    }
  }

  @Test(arguments: [1, 0.6, 5, 0] as [Double], [false, true])
  func ranksByNormalizedScores(lenpen: Double, unnormalized: Bool) throws {
    let found = try search {
      $0.lenpen = lenpen
      $0.unnormalized = unnormalized
    }
    let power: Double? = unnormalized ? nil : lenpen
    let first: [([Int32], [Float])] = [
      ([Self.w1, Self.eos], [0.9, 1]),
      ([Self.w2, Self.w1, Self.w2, Self.eos], [0.1, 0.9, 0.9, 1]),
    ]
    let second: [([Int32], [Float])] = [
      ([Self.w1, Self.w2, Self.w1, Self.eos], [0.7, 0.4, 0.4, 1]),
      ([Self.w1, Self.w2, Self.eos], [0.7, 0.4, 0.6]),
    ]
    let longWins = !unnormalized && lenpen == 5
    let shortWins = unnormalized || lenpen < 1
    for (place, expected) in (longWins ? first.reversed() : first).enumerated() {
      expect(found[0][place], expected.0, expected.1, lenpen: power)
    }
    for (place, expected) in (shortWins ? second.reversed() : second).enumerated() {
      expect(found[1][place], expected.0, expected.1, lenpen: power)
    }
  }

  @Test func stopsAtTheGreatestLength() throws {
    let found = try search { $0.maxLenB = 2 }
    expect(found[0][0], [Self.w1, Self.eos], [0.9, 1])
    expect(found[0][1], [Self.w2, Self.w2, Self.eos], [0.1, 0.1, 0.6])
    expect(found[1][0], [Self.w1, Self.w2, Self.eos], [0.7, 0.4, 0.6])
    expect(found[1][1], [Self.w2, Self.w2, Self.eos], [0.3, 0.9, 0.01])
  }

  @Test func measuresEachSentenceByItsOwnSourceUnlessAsked() throws {
    func longest(_ fromBatch: Bool) throws -> [Int] {
      try search {
        $0.maxLenA = 0.5
        $0.maxLenB = 0
        $0.maxLenFromBatch = fromBatch
      }.map { $0.map(\.tokens.count).max() ?? 0 }
    }
    // Rows stand longest source first: the second has 3 symbols, so at most 1 before the end.
    #expect(try longest(false)[1] <= 2)
    #expect(try longest(true) == [3, 3])
  }

  @Test func groupsWithoutStrengthAgree() throws {
    let found = try search(Self.diverseModel) {
      $0.diverseBeamGroups = 2
      $0.diverseBeamStrength = 0
    }
    for hypothesis in found[0] {
      expect(hypothesis, [Self.w1, Self.w1, Self.eos], [0.9, 0.6, 1])
    }
    for hypothesis in found[1] {
      expect(hypothesis, [Self.w1, Self.w2, Self.eos], [0.7, 0.4, 0.9])
    }
    #expect(found.map(\.count) == [2, 2])
  }

  @Test func groupsWithStrengthDiffer() throws {
    let found = try search(Self.diverseModel) {
      $0.diverseBeamGroups = 2
      $0.diverseBeamStrength = 10
    }
    #expect(found[0][0].tokens.first != found[0][1].tokens.first)
  }

  @Test func siblingsPayForTheirRank() throws {
    let found = try search(Self.diverseModel) { $0.diversityRate = 0.5 }
    func expectCost(_ hypothesis: Hypothesis, _ tokens: [Int32], _ p: [Float], _ ranks: [Float]) {
      let cost = ranks.reduce(0, +) * 0.5
      let sum = p.reduce(0) { $0 + log($1) } - cost
      #expect(hypothesis.tokens == tokens)
      #expect(abs(hypothesis.score - sum / 3) < 1e-5)
    }
    expectCost(found[0][0], [Self.w1, Self.w1, Self.eos], [0.9, 0.6, 1], [0, 1, 1])
    expectCost(found[0][1], [Self.w1, Self.w2, Self.eos], [0.9, 0.4, 1], [0, 2, 1])
    expectCost(found[1][0], [Self.w1, Self.w2, Self.eos], [0.7, 0.4, 0.9], [0, 1, 1])
    expectCost(found[1][1], [Self.w1, Self.w1, Self.eos], [0.7, 0.35, 0.9], [0, 2, 1])
  }

  @Test func givesTheDecodersAttention() throws {
    let found = try search { $0.printAlignment = .soft }
    let attention = try #require(found[0][0].attention)
    #expect(attention == Array(repeating: [0.25, 0.75], count: 2))
    #expect(try search()[0][0].attention == nil)
  }

  @Test func refusesContradictions() {
    let changes: [(inout GenerationSettings) -> Void] = [
      { $0.beam = 0 }, { $0.temperature = 0 }, { $0.samplingTopk = 3 }, { $0.sampling = true },
      {
        $0.diverseBeamGroups = 2; $0.beam = 3
      },
      {
        $0.diverseBeamGroups = 2; $0.diversityRate = 1
      },
    ]
    for change in changes {
      let error = #expect(throws: (any Error).self) { try search(Self.model, change) }
      #expect(error is UserError || error is OptionError, "\(String(describing: error))")
    }
  }
}

@Suite struct NgramBlockingTests {
  @Test func forbidsWhatCompletesARepetition() {
    #expect(Set(NgramBlocking.blocked(after: [2, 2, 2, 2], size: 2)) == [2])
    #expect(Set(NgramBlocking.blocked(after: [3, 3, 3, 3], size: 2)) == [3])
    #expect(NgramBlocking.blocked(after: [2, 5, 6, 7, 5, 6], size: 3) == [7])
    #expect(NgramBlocking.blocked(after: [2, 5, 6, 7, 6, 5], size: 3).isEmpty)
    #expect(NgramBlocking.blocked(after: [2, 5, 6], size: 1) == [5, 6])
    #expect(NgramBlocking.blocked(after: [2], size: 1).isEmpty)
    #expect(NgramBlocking.blocked(after: [2], size: 4).isEmpty)
    #expect(NgramBlocking.blocked(after: [2, 5], size: 0).isEmpty)
  }
}
