import FairlinePrograms
import FairlineScoring
import Testing

@Suite struct TranslationEditRateTests {
  private func edits(_ hypothesis: String, _ references: String...) -> Int {
    TranslationEditRate().sentenceScore(hypothesis, references: references).edits
  }

  @Test func countsEditsAndShifts() {
    #expect(edits("a b c d", "a b c d") == 0)
    #expect(edits("a x c", "a b c d") == 2)
    #expect(edits("d a b c", "a b c d") == 1, "a word moved is one edit, not two")
    #expect(edits("d e f a b c", "a b c d e f") == 1, "and so is a phrase")
    #expect(edits("the dog saw the cat today", "today the cat saw the dog") == 3)
    #expect(edits("", "a b") == 2)
    #expect(edits("a b", "x y z", "a c") == 1, "the nearest reference counts")
  }

  @Test func lengthsOfReferencesAreAveraged() throws {
    let score = try TranslationEditRate().score(
      ["a b", "c"], references: [["a b", "c"], ["a b c d", "c"]])
    #expect(score == TranslationEditRate.Score(edits: 0, referenceLength: 4))
    #expect(TranslationEditRate.Score(edits: 2, referenceLength: 0).percent == 100)
    #expect(TranslationEditRate.Score().percent == 0)
  }

  /// Counts of sacreBLEU 2.6.0, where the number of shifts tried is limited, and where the sentence
  /// is far from the diagonal.
  @Test func longSentencesAreCutOffAsInSacreBLEU() {
    func words(_ count: Int, _ number: (Int) -> Int) -> String {
      (0..<count).map { "w\(number($0))" }.joined(separator: " ")
    }
    for (count, factor, expected) in [(61, 37, 55), (127, 50, 98), (211, 3, 202)] {
      let reference = words(count) { $0 % 29 }
      let hypothesis = words(count) { $0 * factor % count % 29 }
      #expect(edits(hypothesis, reference) == expected)
    }
    let reference = (0..<150).map { $0 % 5 == 0 ? "a" : "c\($0 % 7)" }.joined(separator: " ")
    #expect(edits("a b", reference) == 149)
  }

  @Test func normalizingCutsPunctuationOff() {
    func edits(_ hypothesis: String, _ reference: String, asian: Bool = false) -> Int {
      var scorer = TranslationEditRate()
      scorer.normalizes = true
      scorer.supportsAsian = asian
      return scorer.sentenceScore(hypothesis, references: [reference]).edits
    }
    #expect(edits("It costs 1,5 euros .", "it costs 1,5 euros.") == 0)
    #expect(edits("the dog 's \"bone\" ( old )", "the dog's &quot;bone&quot; (old)") == 0)
    #expect(edits("世 界 。", "世界。") == 3)
    #expect(edits("世 界 。", "世界。", asian: true) == 0)
  }
}
