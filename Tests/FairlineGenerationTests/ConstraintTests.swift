import Fairline
import FairlineGeneration
import FairlineTesting
import Testing

/// Progress through phrases, symbol by symbol, against fairseq's.
@Suite struct ConstraintTests {
  @Test func statesAreTheReferences() throws {
    let cases = try FixtureFolder.all("fairseq-2/search")
      .filter { $0.contains("constraint_states.json") }
      .flatMap { try $0.json("constraint_states.json")["cases"].elements() }
    #expect(cases.count >= 10)
    for one in cases {
      let phrases = try one["constraints"].elements().map { try $0.symbols() }
      for order in ConstraintOrder.allCases {
        let expected = try #require(one[order.rawValue]?.arrayValue)
        var state = ConstraintProgress(phrases, order)
        try compare(state, expected[0], "\(phrases) \(order) at first")
        for (place, symbol) in try one["tokens"].symbols().enumerated() {
          state = state.advanced(by: symbol)
          try compare(state, expected[place + 1], "\(phrases) \(order) place \(place)")
        }
      }
    }
  }

  private func compare(
    _ state: ConstraintProgress, _ expected: JSONValue, _ place: String
  ) throws {
    #expect(state.bank == expected["bank"]?.integerValue, "\(place)")
    #expect(state.metCount == expected["num_completed"]?.integerValue, "\(place)")
    #expect(state.isFinished == expected["finished"]?.boolValue, "\(place)")
    let next = Set(try expected["next_tokens"].symbols()).sorted()
    #expect(state.nextSymbols == next, "\(place)")
  }

  /// Small searches by a toy model: whatever is found holds its phrases.
  @Test(arguments: ConstraintOrder.allCases, [1, 2, 5])
  func outputsHoldTheirPhrases(order: ConstraintOrder, beam: Int) throws {
    var settings = GenerationSettings()
    (settings.beam, settings.nbest, settings.maxLenB) = (beam, beam, 14)
    settings.constraints = order
    let generator = try SequenceGenerator(
      models: [ToyRecurrentModel(seed: 4)], settings: settings)
    let phrases: [[[Int32]]] = [[], [[7]], [[5, 6], [9]], [[5, 6], [5, 8]], [[20], [20]]]
    let inputs = phrases.enumerated().map {
      GenerationInput(id: $0, source: [Int32(5 + $0), 2], constraints: $1)
    }
    let found = try generator.generate(inputs)
    for (input, hypotheses) in zip(inputs, found) {
      #expect(!hypotheses.isEmpty)
      for hypothesis in hypotheses {
        var state = ConstraintProgress(input.constraints, order)
        for symbol in hypothesis.tokens.dropLast() { state = state.advanced(by: symbol) }
        #expect(state.isFinished, "\(input.constraints) in \(hypothesis.tokens)")
      }
    }
    // A sentence without phrases is searched as ever, and others do not change it.
    settings.constraints = nil
    let plain = try SequenceGenerator(models: [ToyRecurrentModel(seed: 4)], settings: settings)
      .generate([inputs[0]])
    #expect(plain[0] == found[0])
    for (input, hypotheses) in zip(inputs, found) {
      #expect(try generator.generate([input])[0] == hypotheses)
    }
  }

  @Test func phrasesThatDoNotFitGiveTheBestBeginning() throws {
    var settings = GenerationSettings()
    (settings.beam, settings.maxLenB, settings.constraints) = (3, 2, .ordered)
    let input = GenerationInput(id: 0, source: [5, 2], constraints: [[5, 6, 7]])
    let generator = try SequenceGenerator(
      models: [ToyRecurrentModel(seed: 4)], settings: settings)
    let found = generator.generate([input])[0]
    #expect(found.count == 1 && found[0].isBrokenOff)
  }

  @Test func searchesThatExcludeConstraintsAreNamed() {
    for change in [
      { $0.sampling = true }, { $0.matchSourceLen = true }, { $0.diversityRate = 0.5 },
      { $0.diverseBeamGroups = 1 }, { $0.scoreReference = true },
    ] as [(inout GenerationSettings) -> Void] {
      var settings = GenerationSettings()
      settings.constraints = .unordered
      change(&settings)
      if settings.sampling { settings.nbest = settings.beam }
      #expect { try settings.check() } throws: { "\($0)".contains("--constraints") }
    }
  }
}
