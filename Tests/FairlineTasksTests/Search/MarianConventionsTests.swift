import Fairline
import FairlineData
import FairlineGeneration
import FairlineTensor
import FairlineTesting
import Foundation
import Testing

/// Marian's way to end and to score a search, beside a plain search written from its rules.
@Suite struct MarianConventionsTests {
  private let pairs = TinyTransformer.pairs

  /// A way to search.
  struct Case: Sendable, CustomTestStringConvertible {
    var beam = 4
    var factor = 3.0
    var power = 0.0
    var penalty = 0.0
    var allowsUnknown = false
    var added = 0
    var testDescription: String {
      "beam \(beam), factor \(factor), power \(power), penalty \(penalty), added \(added)"
    }
  }

  static let cases = [
    Case(), Case(beam: 1), Case(beam: 2, power: 0.6), Case(beam: 6, factor: 1.5, power: 1),
    Case(beam: 4, factor: 0.7, power: 1, penalty: 0.4), Case(factor: 0.1, power: 1),
    Case(beam: 12, factor: 2, power: 1, penalty: -0.5, allowsUnknown: true),
    Case(beam: 3, factor: 0, power: 1, added: 5), Case(beam: 22, factor: 1, power: 0.3),
  ]

  private func settings(_ entry: Case) -> GenerationSettings {
    GenerationSettings().with {
      $0.conventions = .marian
      ($0.beam, $0.lenpen, $0.wordPenalty) = (entry.beam, entry.power, entry.penalty)
      ($0.maxLenA, $0.maxLenB, $0.minLen) = (entry.factor, entry.added, 0)
      $0.allowUnk = entry.allowsUnknown
    }
  }

  /// What Marian would find for a source: outputs and their scores, best first.
  private func plain(
    _ source: [Int32], _ entry: Case, _ model: any Model
  ) -> [(tokens: [Int32], score: Double)] {
    var alive: [(tokens: [Int32], score: Double)] = [([], 0)]
    var finished: [(tokens: [Int32], score: Double)] = []
    var length = 0
    while !alive.isEmpty {
      let width = length == 0 ? entry.beam : alive.count
      let next = alive.flatMap { prefix in
        TinyTransformer.scores(model, source, prefix.tokens).enumerated().compactMap {
          symbol, score -> (tokens: [Int32], score: Double)? in
          let isBanned =
            symbol == Int(Vocabulary.pad) || symbol == Int(Vocabulary.unk) && !entry.allowsUnknown
          return isBanned
            ? nil : (prefix.tokens + [Int32(symbol)], prefix.score + Double(score))
        }
      }.sorted { $0.score > $1.score }.prefix(width)
      length += 1
      let isLast = Double(length) >= entry.factor * Double(source.count) + Double(entry.added)
      for prefix in next where isLast || prefix.tokens.last == Vocabulary.eos {
        let score = prefix.score - entry.penalty * Double(length)
        finished.append((prefix.tokens, score / pow(Double(length), entry.power)))
      }
      alive = isLast ? [] : next.filter { $0.tokens.last != Vocabulary.eos }
    }
    return finished.sorted { $0.score > $1.score }
  }

  @Test(arguments: cases) func everyOutputIsThatOfAPlainSearch(_ entry: Case) throws {
    let model = try TinyTransformer.make()
    let generator = try SequenceGenerator(models: [model], settings: settings(entry))
    let found = generator.generate(pairs)
    for (source, hypotheses) in zip(pairs.sources, found) {
      let wanted = plain(source, entry, model)
      // An end is shown where there is none.
      let end = Vocabulary.eos
      let outputs = wanted.map { $0.tokens.last == end ? $0.tokens : $0.tokens + [end] }
      #expect(hypotheses.map(\.tokens) == outputs, "\(source)")
      for (one, other) in zip(hypotheses, wanted) {
        #expect(abs(Double(one.score) - other.score) < 1e-4)
      }
    }
  }

  @Test func casesReachTheLimitAndEndsBeforeIt() throws {
    let model = try TinyTransformer.make()
    var (ended, cut) = (0, 0)
    for entry in Self.cases {
      for source in pairs.sources {
        for output in plain(source, entry, model) {
          if output.tokens.last == Vocabulary.eos { ended += 1 } else { cut += 1 }
        }
      }
    }
    #expect(ended > 20 && cut > 20, "\(ended) ended, \(cut) cut")
  }

  @Test func theUnknownSymbolIsLeftOutUnlessAllowed() throws {
    var entry = Case(beam: 20, factor: 1)
    let model = try TinyTransformer.make()
    func unknown(_ entry: Case) throws -> Int {
      try SequenceGenerator(models: [model], settings: settings(entry)).generate(pairs).joined()
        .count { $0.tokens.contains(Vocabulary.unk) }
    }
    #expect(try unknown(entry) == 0)
    entry.allowsUnknown = true
    #expect(try unknown(entry) > 0)
  }
}
