import Fairline
import FairlineGeneration
import FairlineTensor
import FairlineTesting
import Testing

/// The kit for incremental decoding, with a decoder without a source and with a recurrent one.
@Suite struct IncrementalTests {
  /// Rows that change places, multiply and leave, as in a beam search.
  private static let steps: [(symbols: [Int32], parents: [Int32], sentences: [Int32])] = [
    ([2, 2, 2], [-1, -1, -1], [0, 1, 2]),
    ([5, 6, 7, 8, 9], [0, 0, 1, 2, 2], [0, 0, 1, 2, 2]),
    ([9, 8, 7, 6], [1, 1, 4, 3], [0, 0, 2, 2]),
    ([4, 5], [3, 2], [2, 2]),
  ]

  private static let sources: [[Int32]] = [[5, 9, 11, 2], [7, 2], [8, 4, 2]]

  private func decoders(_ model: any Model, _ sources: [[Int32]]) -> [any IncrementalDecoder] {
    let packed = PackedTokens(sources)
    return [
      model.makeDecoder(for: packed), PrefixDecoder(model: model, sources: packed),
    ]
  }

  private func checkSteps(_ model: any Model, _ sources: [[Int32]]) {
    let decoders = decoders(model, sources)
    for (number, step) in Self.steps.enumerated() {
      let both = decoders.map {
        $0.step(symbols: step.symbols, parents: step.parents, sentences: step.sentences)
      }
      #expect(mismatch(both[0], both[1], absolute: 1e-5) == nil, "step \(number)")
    }
    // Sentences that join later begin beside prefixes that go on.
    for decoder in decoders {
      #expect(decoder.takesMore)
      decoder.join(PackedTokens([sources[1], sources[0]]))
    }
    let both = decoders.map {
      $0.step(symbols: [9, 2, 2, 2], parents: [1, -1, -1, -1], sentences: [2, 3, 3, 4])
    }
    #expect(mismatch(both[0], both[1], absolute: 1e-5) == nil)
    let last = decoders.map {
      $0.step(symbols: [4, 6, 7], parents: [2, 1, 3], sentences: [3, 3, 4])
    }
    #expect(mismatch(last[0], last[1], absolute: 1e-5) == nil)
  }

  private func checkSearch(_ model: any Model, _ sources: [[Int32]]) throws {
    var settings = GenerationSettings()
    (settings.beam, settings.maxLenA, settings.maxLenB) = (5, 0, 9)
    func search(_ model: any Model, _ sources: [[Int32]]) throws -> [[Hypothesis]] {
      try SequenceGenerator(models: [model], settings: settings).generate(
        sources.enumerated().map { GenerationInput(id: $0, source: $1) })
    }
    func check(_ a: [Hypothesis], _ b: [Hypothesis]) {
      #expect(a.count == 5)
      #expect(a.map(\.tokens) == b.map(\.tokens))
      #expect(mismatch(a.map(\.score), b.map(\.score), absolute: 1e-5) == nil)
    }
    let sorted = sources.sorted { $0.count > $1.count }
    let cached = try search(model, sorted)
    let whole = try search(RecomputedModel(model), sorted)
    #expect(cached.count == sorted.count)
    for (index, source) in sorted.enumerated() {
      check(cached[index], whole[index])
      check(cached[index], try search(model, [source])[0])
    }
  }

  @Test(arguments: 1...3) func aDecoderWithoutASourceDecodes(seed: UInt64) throws {
    let model = ToyLanguageModel(seed: seed)
    checkSteps(model, [[], [], []])
    try checkSearch(model, [[], []])
    // Sentences that have no source need not be named.
    let steps = [[], [[], [], []]].map { (sources: [[Int32]]) in
      let decoder = model.makeDecoder(for: PackedTokens(sources))
      decoder.keepsAttention = true
      let logits = decoder.step(symbols: [2, 4, 9], parents: [-1, -1, -1], sentences: [0, 1, 2])
      #expect(decoder.attention == nil)
      return logits.scalars
    }
    #expect(steps[0] == steps[1])
  }

  @Test(arguments: 1...3) func aRecurrentDecoderKeepsItsState(seed: UInt64) throws {
    let model = ToyRecurrentModel(seed: seed)
    checkSteps(model, Self.sources)
    try checkSearch(model, Self.sources)
  }

  /// Logits of candidates, with their bias, are those of all symbols.
  @Test func candidatesAreColumnsOfAllSymbols() throws {
    let model = ToyRecurrentModel(seed: 4)
    var preparation = SearchPreparation()
    preparation.candidates = { source in source.first == 7 ? [2, 3, 9] : [2, 3, 5, 21] }
    let sources = PackedTokens(Self.sources)
    let few = model.prepareSearch(preparation).makeDecoder(for: sources)
    let all = model.makeDecoder(for: sources)
    for step in Self.steps {
      let (symbols, parents, sentences) = (step.symbols, step.parents, step.sentences)
      let some = few.step(symbols: symbols, parents: parents, sentences: sentences)
      let whole = all.step(symbols: symbols, parents: parents, sentences: sentences)
      for (row, sentence) in sentences.enumerated() {
        let candidates = try #require(few.candidates(of: Int(sentence)))
        #expect(candidates.symbols.count == (sentence == 1 ? 3 : 4))
        for (symbol, column) in zip(candidates.symbols, candidates.columns) {
          let a = some.sliced(row..<(row + 1)).scalars[Int(column)]
          let b = whole.sliced(row..<(row + 1)).scalars[Int(symbol)]
          #expect(abs(a - b) < 1e-5)
        }
      }
    }
  }
}
