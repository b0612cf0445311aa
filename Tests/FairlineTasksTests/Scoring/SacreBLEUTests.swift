import Fairline
import FairlinePrograms
import FairlineScoring
import Testing

@Suite struct SacreBLEUFixtureTests {
  @Test func thereAreCases() {
    #expect(!ScoringCase.plain.isEmpty)
    for corpus in ScoringCase.plain {
      #expect(!corpus.hypotheses.isEmpty && !corpus.references.isEmpty, "\(corpus.name)")
      for key in ["bleu", "chrf", "ter"] {
        #expect(corpus.value[key]?.arrayValue?.isEmpty == false, "\(corpus.name) \(key)")
      }
    }
    for key in ["sentence_bleu", "sentence_chrf", "sentence_ter"] {
      #expect(ScoringCase.plain.contains { !$0.numbers(key).isEmpty }, "\(key)")
    }
  }

  func scorer(_ parameters: JSONValue) throws -> SacreBLEU {
    var scorer = SacreBLEU()
    guard case .object(let members) = parameters else { throw UserError("no parameters") }
    for (key, value) in members {
      switch key {
      case "tokenize":
        scorer.tokenizer = try #require(BLEUTokenizer(rawValue: value.stringValue ?? ""))
      case "lowercase": scorer.isLowercase = value.boolValue ?? false
      case "smooth_method":
        scorer.smoothing = try #require(BLEUSmoothing(rawValue: value.stringValue ?? ""))
      case "smooth_value": scorer.smoothingValue = value.doubleValue
      case "effective_order": scorer.usesEffectiveOrder = value.boolValue ?? false
      case "max_ngram_order": scorer.order = value.integerValue ?? 4
      default: Issue.record("unknown parameter \(key)")
      }
    }
    return scorer
  }

  @Test(arguments: ScoringCase.plain) func bleu(_ corpus: ScoringCase) throws {
    let cases = try #require(corpus.value["bleu"]?.arrayValue)
    #expect(!cases.isEmpty)
    for expected in cases {
      let scorer = try scorer(#require(expected["params"]))
      let found = try scorer.score(corpus.hypotheses, references: corpus.references)
      let place = Comment(rawValue: expected["params"]?.compactText ?? "")
      func numbers(_ key: String) -> [Double] {
        expected[key].numbers
      }
      #expect(abs(found.score - (expected["score"]?.doubleValue ?? -1)) < 1e-6, place)
      #expect(found.matches == numbers("counts"), place)
      #expect(found.counts == numbers("totals"), place)
      for (a, b) in zip(found.precisions, numbers("precisions")) {
        #expect(abs(a - b) < 1e-6, place)
      }
      #expect(abs(found.brevityPenalty - (expected["bp"]?.doubleValue ?? -1)) < 1e-9, place)
      #expect(found.systemLength == expected["sys_len"]?.integerValue, place)
      #expect(found.referenceLength == expected["ref_len"]?.integerValue, place)
      #expect(found.signature == expected["signature"]?.stringValue, place)
    }
  }

  @Test(arguments: ScoringCase.plain) func sentenceBLEU(_ corpus: ScoringCase) {
    for (index, expected) in corpus.numbers("sentence_bleu").enumerated() {
      let references = corpus.references.map { $0[index] }
      let found = SacreBLEU().sentenceScore(corpus.hypotheses[index], references: references)
      #expect(abs(found.score - expected) < 1e-6, "sentence \(index)")
    }
  }

  @Test(arguments: ScoringCase.plain) func characterFScore(_ corpus: ScoringCase) throws {
    for expected in try #require(corpus.value["chrf"]?.arrayValue) {
      var scorer = CharacterFScore()
      let parameters = expected["params"]
      scorer.characterOrder = parameters?["char_order"]?.integerValue ?? 6
      scorer.wordOrder = parameters?["word_order"]?.integerValue ?? 0
      scorer.beta = parameters?["beta"]?.doubleValue ?? 2
      scorer.isLowercase = parameters?["lowercase"]?.boolValue ?? false
      scorer.includesWhiteSpace = parameters?["whitespace"]?.boolValue ?? false
      scorer.isSmoothed = parameters?["eps_smoothing"]?.boolValue ?? false
      let found = try scorer.score(corpus.hypotheses, references: corpus.references)
      let place = Comment(rawValue: parameters?.compactText ?? "")
      #expect(abs(found - (expected["score"]?.doubleValue ?? -1)) < 1e-6, place)
      let width = String(corpus.references.count)
      #expect(scorer.signature(references: width) == expected["signature"]?.stringValue, place)
    }
    for (index, expected) in corpus.numbers("sentence_chrf").enumerated() {
      let references = corpus.references.map { $0[index] }
      let found = CharacterFScore()
        .sentenceScore(corpus.hypotheses[index], references: references)
      #expect(abs(found - expected) < 1e-6, "sentence \(index)")
    }
  }

  @Test(arguments: ScoringCase.plain) func translationEditRate(_ corpus: ScoringCase) throws {
    for expected in try #require(corpus.value["ter"]?.arrayValue) {
      var scorer = TranslationEditRate()
      let parameters = expected["params"]
      scorer.isCaseSensitive = parameters?["case_sensitive"]?.boolValue ?? false
      scorer.normalizes = parameters?["normalized"]?.boolValue ?? false
      scorer.removesPunctuation = parameters?["no_punct"]?.boolValue ?? false
      scorer.supportsAsian = parameters?["asian_support"]?.boolValue ?? false
      let found = try scorer.score(corpus.hypotheses, references: corpus.references)
      let place = Comment(rawValue: parameters?.compactText ?? "")
      #expect(found.edits == expected["num_edits"]?.integerValue, place)
      #expect(found.referenceLength == expected["ref_length"]?.doubleValue, place)
      #expect(abs(found.percent - (expected["score"]?.doubleValue ?? -1)) < 1e-6, place)
      let width = String(corpus.references.count)
      #expect(scorer.signature(references: width) == expected["signature"]?.stringValue, place)
    }
    for (index, expected) in corpus.numbers("sentence_ter").enumerated() {
      let references = corpus.references.map { $0[index] }
      let found = TranslationEditRate()
        .sentenceScore(corpus.hypotheses[index], references: references)
      #expect(abs(found.percent - expected) < 1e-6, "sentence \(index)")
    }
  }
}

@Suite struct SacreBLEUTests {
  @Test func keepsCanonicalVariantsApart() throws {
    let composed = "caf\u{E9} a b c d"
    let decomposed = "cafe\u{301} a b c d"
    let score = try SacreBLEU().score([composed], references: [[decomposed]])
    #expect(score.matches[0] == 4)
  }

  @Test func lowersAFinalSigma() throws {
    var scorer = SacreBLEU()
    scorer.isLowercase = true
    let score = try scorer.score(
      ["ΟΔΟΣ ΣΑΣ. Σ Σα"], references: [["\u{3BF}δος σας. σ σα"]])
    #expect(score.matches[0] == score.counts[0])
  }

  @Test func refusesStreamsOfDifferentLengths() {
    #expect(throws: ScoreError.lengths(system: 2, reference: 1)) {
      try SacreBLEU().score(["a", "b"], references: [["a"]])
    }
    #expect(throws: ScoreError.empty) { try SacreBLEU().score([], references: [[]]) }
  }

  /// What sacreBLEU 2.6.0 says of the same lines.
  @Test func anEmptyReferenceIsOneAsOthersAre() throws {
    let hypotheses = ["the cat", "hello you there now"]
    let references = [["the cat sat there", "hello you"], ["", "hello you there"]]
    let score = try SacreBLEU().score(hypotheses, references: references)
    #expect(
      "\(score)" == "BLEU = 62.87 83.3/75.0/50.0/50.0 "
        + "(BP = 1.000 ratio = 2.000 hyp_len = 6 ref_len = 3)")
    #expect(score.signature.hasPrefix("nrefs:2|"))
    let characters = try CharacterFScore().score(hypotheses, references: references)
    #expect(abs(characters - 65.76) < 0.005)
    let edits = try TranslationEditRate().score(hypotheses, references: references)
    #expect(abs(edits.percent - 66.67) < 0.005)
    let first = references.map { $0[0] }
    #expect(TranslationEditRate().sentenceScore("the cat", references: first).percent == 100)
    let nothing = try SacreBLEU().score(["the cat", ""], references: [["", ""]])
    #expect(nothing.score == 0 && nothing.brevityPenalty == 1 && nothing.referenceLength == 0)
  }

  @Test func printsAsSacreBLEUDoes() throws {
    let score = try SacreBLEU().score(
      ["the cat sat on a mat", "there is a dog here"],
      references: [["the cat sat on the mat today", "there is a dog"]])
    #expect(
      "\(score)" == "BLEU = 59.42 81.8/66.7/57.1/40.0 "
        + "(BP = 1.000 ratio = 1.000 hyp_len = 11 ref_len = 11)")
  }
}
