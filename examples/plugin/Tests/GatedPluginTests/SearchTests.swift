import Fairline
import FairlineGeneration
import FairlineTensor
import FairlineTesting
import GatedPlugin
import Testing

/// Search with the caches finds what search over whole prefixes finds.
@Suite struct SearchTests {
  private func model(_ seed: UInt64) throws -> GatedTransformer {
    var settings = GatedTransformer.Settings()
    (settings.channels, settings.gateStart) = (24, 0.6)
    let task = TaskDescription(
      sourceSymbols: 31, targetSymbols: 29, sharesVocabulary: false, maximumSourcePositions: 40,
      maximumTargetPositions: 40)
    return try GatedTransformer(settings, for: task, seed: seed)
  }

  private func search(_ model: any Model, _ sources: [[Int32]]) throws -> [[Hypothesis]] {
    var settings = GenerationSettings()
    (settings.beam, settings.maxLenA, settings.maxLenB) = (5, 0, 14)
    return try SequenceGenerator(models: [model], settings: settings).generate(
      sources.enumerated().map { GenerationInput(id: $0, source: $1) })
  }

  private func check(_ a: [Hypothesis], _ b: [Hypothesis]) {
    #expect(a.count == 5 && a.map(\.tokens) == b.map(\.tokens))
    #expect(mismatch(a.map(\.score), b.map(\.score), absolute: 1e-5) == nil)
  }

  @Test(arguments: 1...4) func cachedSearchIsTheRecomputedOne(seed: UInt64) throws {
    let model = try model(seed)
    var random = RandomSource(seed: seed)
    // The longest first, as batches have them.
    let sources: [[Int32]] = [11, 8, 5, 5, 2].map { length in
      (0..<length).map { _ in Int32(4 + random.uniform() * 26) } + [2]
    }
    let cached = try search(model, sources)
    let whole = try search(RecomputedModel(model), sources)
    #expect(cached.count == sources.count)
    for (place, source) in sources.enumerated() {
      check(cached[place], whole[place])
      // A batch is a stack of single sentences.
      check(cached[place], try search(model, [source])[0])
    }
  }
}
