import Fairline
import FairlineData
import FairlineGeneration
import FairlineTensor
import FairlineTesting
import Foundation
import Testing

/// What holds for language models of every architecture.
@Suite struct LanguagePropertyTests {
  private static let texts: [[Int32]] = [
    [6, 8, 2], [4, 5, 6, 7, 8, 9, 2], [10, 2], [12, 13, 22, 15, 16, 17, 18, 2],
  ]

  private func batch(_ texts: [[Int32]]) -> Batch {
    Batch.sequences(ids: Array(texts.indices), targets: texts, starts: texts.map { _ in 2 })
  }

  /// Logarithms of probabilities of every symbol. `[token, vocabulary]`
  private func scores(_ model: any Model, _ texts: [[Int32]]) -> Tensor {
    model(batch(texts), .evaluation()).logits.logSoftmax()
  }

  @Test func theFamiliesAreThere() throws {
    let names = LanguageArchitecture.all.map(\.name)
    #expect(names.count >= 20)
    for name in [
      "transformer_lm", "transformer_lm_gpt2_tiny", "lstm_lm", "fconv_lm", "node_transformer_lm",
      "node_transformer_lm_pieces",
    ] {
      #expect(names.contains(name), "\(name)")
    }
    // Everything that calls itself a language model is one.
    let catalog = try Catalog(LanguageArchitecture.plugins)
    let called = catalog.architectures.names.filter { $0.contains("_lm") }
    #expect(Set(called) == Set(names))
  }

  @Test(arguments: LanguageArchitecture.all)
  func laterSymbolsChangeNothingBefore(_ architecture: LanguageArchitecture) throws {
    let model = try architecture.make()
    let text: [Int32] = [5, 9, 12, 20, 7, 15, 2]
    let whole = scores(model, [text])
    for place in 1..<text.count {
      var changed = text
      changed[place - 1] = 18
      let other = scores(model, [changed])
      // The symbol at a place is read by the row behind it.
      #expect(
        other.sliced(0..<place).scalars == whole.sliced(0..<place).scalars, "place \(place)")
      #expect(
        other.sliced(place..<(place + 1)).scalars != whole.sliced(place..<(place + 1)).scalars,
        "place \(place)")
    }
  }

  @Test(arguments: LanguageArchitecture.all)
  func aBatchIsItsTexts(_ architecture: LanguageArchitecture) throws {
    let model = try architecture.make()
    let whole = scores(model, Self.texts)
    let single = Tensor.concatenated(Self.texts.map { scores(model, [$0]) })
    #expect(mismatch(whole, single, absolute: 1e-5) == nil)
    let reversed = Tensor.concatenated(
      Self.texts.reversed().map { scores(model, [$0]) }.reversed())
    #expect(reversed.scalars == single.scalars)
    let sums = whole.exp().sum(along: 1).scalars
    #expect(sums.allSatisfy { abs($0 - 1) < 1e-4 })
  }

  @Test(arguments: LanguageArchitecture.all)
  func gradientsOfABatchAreThoseOfItsTexts(_ architecture: LanguageArchitecture) throws {
    let model = try architecture.make()
    let selection = try Catalog([StandardTraining.self]).criteria.select(architecture.criterion)
    let task = TaskDescription(symbols: LanguageArchitecture.symbols)
    let criterion = try selection.build(CriterionContext(task: task))
    func gradients(_ texts: [[Int32]]) -> [Float] {
      model.parameters.prepareGradients()
      // Without dropout, which differs between batches.
      let pass = ForwardPass(isTraining: false, tape: Tape(), random: RandomSource(seed: 1))
      pass.tape?.goBack(from: criterion(model, batch(texts), pass).value)
      return model.parameters.gradients.scalars
    }
    let whole = gradients(Self.texts)
    var sum = [Float](repeating: 0, count: whole.count)
    for text in Self.texts {
      for (place, value) in gradients([text]).enumerated() { sum[place] += value }
    }
    let largest = Double(whole.map(abs).max() ?? 0)
    #expect(largest > 0)
    #expect(mismatch(whole, sum, absolute: 1e-5 * max(1, largest)) == nil)
  }

  @Test(arguments: LanguageArchitecture.all)
  func oneBeamIsGreedy(_ architecture: LanguageArchitecture) throws {
    let model = try architecture.make(seed: 4)
    var settings = GenerationSettings()
    (settings.beam, settings.maxLenB) = (1, 10)
    let prompts: [[Int32]] = [[], [5], [9, 20, 14], [4, 4, 4, 4]]
    let inputs = prompts.enumerated().map { GenerationInput(id: $0, prefix: $1, start: 2) }
    let generator = try SequenceGenerator(models: [model], settings: settings)
    let found = generator.generate(inputs)
    #expect(found.count == prompts.count)
    for (input, hypotheses) in zip(inputs, found) {
      #expect(generator.generate([input])[0].map(\.tokens) == hypotheses.map(\.tokens))
      var text = input.prefix
      while text.count < 10, text.last != 2 {
        var next = scores(model, [text + [2]]).sliced(text.count..<(text.count + 1)).scalars
        next[1] = -.infinity
        if text.isEmpty { next[2] = -.infinity }
        text.append(Int32(try #require(next.indices.max { next[$0] < next[$1] })))
      }
      if text.last != 2 { text.append(2) }
      #expect(hypotheses.first?.tokens == text)
    }
  }

  @Test(arguments: LanguageArchitecture.all)
  func cachesFindWhatWholePrefixesFind(_ architecture: LanguageArchitecture) throws {
    let model = try architecture.make(seed: 7)
    var settings = GenerationSettings()
    (settings.beam, settings.maxLenB, settings.nbest) = (3, 9, 3)
    let inputs = [[], [5, 20]].enumerated().map {
      GenerationInput(id: $0, prefix: $1, start: 2)
    }
    let all = try [model, RecomputedModel(model)].map {
      try SequenceGenerator(models: [$0], settings: settings).generate(inputs).joined()
    }
    #expect(all[0].count == 6)
    #expect(all[0].map(\.tokens) == all[1].map(\.tokens))
    for (own, other) in zip(all[0], all[1]) { #expect(abs(own.score - other.score) < 1e-4) }
  }
}
