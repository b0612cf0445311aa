import Fairline
import FairlinePrograms
import FairlineScoring
import FairlineTesting
import Testing

@Suite struct TokenBLEUTests {
  @Test func thereAreCases() { #expect(!ScoringCase.tokens.isEmpty) }

  @Test(arguments: ScoringCase.tokens)
  func scoresAsFairseq(_ corpus: ScoringCase) throws {
    let constants = corpus.document
    var scorer = TokenBLEU(
      pad: try #require(constants["pad"]?.integerValue),
      eos: try #require(constants["eos"]?.integerValue),
      unknown: try #require(constants["unk"]?.integerValue))
    let (references, hypotheses) = (corpus.sentences("ref_ids"), corpus.sentences("hyp_ids"))
    #expect(!references.isEmpty)
    for (reference, hypothesis) in zip(references, hypotheses) {
      scorer.add(reference: reference, hypothesis: hypothesis)
    }
    let statistics = try #require(corpus.value["stat"])
    #expect(scorer.referenceLength == statistics["reflen"]?.integerValue)
    #expect(scorer.systemLength == statistics["predlen"]?.integerValue)
    for n in 1...4 {
      #expect(scorer.matches[n - 1] == statistics["match\(n)"]?.integerValue)
      #expect(scorer.counts[n - 1] == statistics["count\(n)"]?.integerValue)
    }
    #expect(!corpus.numbers("score").isEmpty && !corpus.numbers("precision").isEmpty)
    for (n, expected) in corpus.numbers("score").enumerated() {
      #expect(abs(scorer.score(order: n + 1) - expected) < 1e-6)
    }
    for (found, expected) in zip(scorer.precisions, corpus.numbers("precision")) {
      #expect(abs(found - expected) < 1e-9)
    }
    #expect(abs(scorer.brevityPenalty - (corpus.value["brevity"]?.doubleValue ?? -1)) < 1e-9)
    #expect(scorer.description() == corpus.value["result_string"]?.stringValue)
  }

  @Test func unknownWordsOfTheReferenceMatchNothing() {
    var scorer = TokenBLEU()
    scorer.add(reference: [4, 3, 5, 2], hypothesis: [4, 3, 5, 2, 1, 1])
    #expect(scorer.matches == [2, 0, 0, 0])
    #expect(scorer.counts == [3, 2, 1, 0])
  }

  @Test func emptyOutputScoresZero() {
    var scorer = TokenBLEU()
    #expect(scorer.score() == 0)
    scorer.add(reference: [4, 5], hypothesis: [])
    #expect(scorer.score() == 0)
    #expect(scorer.brevityPenalty == 0)
  }

  /// Counts n-grams the slow way.
  func naive(_ hypothesis: [Int], _ reference: [Int], _ n: Int) -> Int {
    func grams(_ tokens: [Int]) -> [[Int]: Int] {
      guard tokens.count >= n else { return [:] }
      return (0...(tokens.count - n)).reduce(into: [:]) {
        $0[Array(tokens[$1..<($1 + n)]), default: 0] += 1
      }
    }
    let theirs = grams(reference)
    return grams(hypothesis).reduce(0) { $0 + min($1.value, theirs[$1.key] ?? 0) }
  }

  @Test func countsAsTheSlowWayDoes() {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<200 {
      let alphabet = Int.random(in: 1...6, using: &random)
      func sentence() -> [Int] {
        (0..<Int.random(in: 0...700, using: &random)).map { _ in
          4 + Int.random(in: 0..<alphabet, using: &random)
        }
      }
      let (reference, hypothesis) = (sentence(), sentence())
      var scorer = TokenBLEU()
      scorer.add(reference: reference, hypothesis: hypothesis)
      for n in 1...4 { #expect(scorer.matches[n - 1] == naive(hypothesis, reference, n)) }
    }
  }
}
